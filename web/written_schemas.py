"""The shapes of what the API answers to who changes something, and of the rules of alerts. Pure."""

from __future__ import annotations

from pipeline.vocabulary import Stage
from storage.alert_values import HitSort, Rhythm, RuleState
from web.json_schema import CODE, COUNT, ID, MOMENT, NUMBER, TEXT, YES, Schema, maybe, ref, some, thing, word

_RULE = thing(
    "A rule of alerts. Its address is only told to those who may write rules.",
    id=ID,
    name=TEXT,
    query=TEXT,
    scope=TEXT,
    rhythm=word(Rhythm),
    state=word(RuleState),
    detail=TEXT,
    address=maybe(TEXT),
    to=maybe(TEXT) | {"description": "the address as it is written"},
    hour=COUNT,
    weekday=TEXT,
    zone=TEXT,
    quiet=TEXT,
    quiet_days=some(TEXT),
    created=maybe(MOMENT),
    changed=maybe(MOMENT),
    hits=COUNT,
    last_hit=maybe(MOMENT),
)
_FOUND = {
    "sort": word(HitSort),
    "title": TEXT,
    "url": TEXT,
    "source": TEXT,
    "language": TEXT,
    "published": maybe(MOMENT),
    "excerpt": TEXT,
    "words": some(TEXT),
    "facts": some(TEXT),
    "note": TEXT,
    "article_id": maybe(ID),
    "case_id": maybe(ID),
    "record_ids": some(ID),
    "stage": maybe(word(Stage)),
}
_REVIEWED = {
    "step": maybe(ID) | {"description": "its number in the log; null where nothing new was said"},
    "action": TEXT,
    "article_id": maybe(ID),
    "record_id": maybe(ID),
    "title": TEXT,
    "key": TEXT,
    "url": TEXT,
    "relevant": YES | {"description": "what stands now"},
    "again": YES | {"description": "the next crawl fetches the page again, for its text is not kept"},
    "record": maybe(ref("Record")) | {"description": "the record as it stands; null where there is none"},
}

WRITTEN: dict[str, Schema] = {
    "Rule": _RULE,
    "Hit": thing("Something that a rule found.", id=ID, found=maybe(MOMENT), **_FOUND),
    "RemovedRule": thing("A rule that is no more.", removed=ID, name=TEXT),
    "Trial": thing(
        "What a query would have found, and what each part of it is worth.",
        since=maybe(MOMENT) | {"description": "null: of all time"},
        hits=COUNT,
        articles=COUNT,
        looked_at=COUNT,
        rate=TEXT | {"description": "in words; empty where less than a week is known"},
        weeks=some(COUNT) | {"description": "hits of the last weeks, latest last"},
        parts=some(
            thing(
                "A part of the query.",
                text=TEXT,
                articles=COUNT,
                without=maybe(COUNT) | {"description": "articles that the query finds without it"},
            )
        ),
        judged=COUNT | {"description": "of the articles, those that people judged"},
        right=COUNT | {"description": "and accepted"},
        false=some(thing("A word that brings false ones.", word=TEXT, articles=COUNT, rejected=COUNT)),
        added=maybe(COUNT) | {"description": "articles that 'before' does not find"},
        dropped=maybe(COUNT) | {"description": "articles that only 'before' finds"},
        latest=some(thing("Something that it finds.", **_FOUND)),
    ),
    "Queue": thing(
        "What is to be judged next.",
        waiting=some(
            thing(
                "Something to judge.",
                article=maybe(ID) | {"description": "null: a page whose text is not kept"},
                key=TEXT | {"description": "the address by which it is judged"},
                url=TEXT,
                title=TEXT,
                source=TEXT,
                language=maybe(TEXT),
                published=maybe(MOMENT),
                relevant=YES,
                score=maybe(NUMBER),
                doubt=NUMBER,
                why=some(TEXT),
                sample=maybe(TEXT) | {"description": "shown or hidden, where it was drawn at random"},
            )
        ),
    ),
    "Reviewed": thing("What came of it.", **_REVIEWED),
    "Undone": thing("What was taken back; null where there was nothing.", undone=maybe(ref("Reviewed"))),
    "FoundSource": thing(
        "A source that nobody follows yet.",
        slug=TEXT,
        name=TEXT,
        url=TEXT,
        via=TEXT,
        language=TEXT,
        country=CODE,
        links=maybe(TEXT),
        site=maybe(TEXT),
        sitemap=maybe(TEXT),
        expect=NUMBER,
    ),
    "RemovedSource": thing("A source that is followed no more.", removed=TEXT, name=TEXT),
    "Checked": thing(
        "How a source answers now.",
        state=TEXT,
        failed=YES,
        entries=COUNT,
        newest=maybe(TEXT),
        detail=TEXT,
    ),
}
