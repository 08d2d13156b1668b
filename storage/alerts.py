"""Rules and what they found: all SQL of alerts but that of their delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, insert, not_, select, update

from pipeline.errors import ConflictError, QueryError
from pipeline.vocabulary import Stage
from storage import rows
from storage import tables as t
from storage.alert_values import EVERYTHING, Hit, HitSort, Matched, Rhythm, Rule, RuleState
from storage.engine import adding, reading

COUNTER = "alert_rules"
"""The counter that rises with every change of a rule, by which a long run notices it."""


# -- rules ----------------------------------------------------------------------------------------


def rules_version(connection: Connection) -> int:
    """Rises with every change of a rule; 0 while there never was one."""
    query = select(t.Counter.value).where(t.Counter.name == COUNTER)
    return connection.execute(query).scalar() or 0


def active_rules(connection: Connection) -> tuple[Rule, ...]:
    """The rules that look, in the order of their numbers."""
    query = select(t.AlertRule.__table__).where(t.AlertRule.state == RuleState.ACTIVE.value)
    return tuple(rule_from(row) for row in connection.execute(query.order_by(t.AlertRule.id)))


def all_rules(connection: Connection) -> tuple[Rule, ...]:
    """Every rule, by name."""
    query = select(t.AlertRule.__table__).order_by(t.AlertRule.name)
    return tuple(rule_from(row) for row in connection.execute(query))


def find_rule(connection: Connection, which: str) -> Rule:
    """The rule with this name, or else this number. Raises QueryError where there is none."""
    row = connection.execute(select(t.AlertRule.__table__).where(t.AlertRule.name == which)).first()
    if row is None and which.isascii() and which.isdigit():
        number = int(which) if len(which) < 18 else 0
        row = connection.execute(select(t.AlertRule.__table__).where(t.AlertRule.id == number)).first()
    if row is None:
        raise QueryError(f"There is no rule {which!r}; 'alerts list' shows all.", key=which)
    return rule_from(row)


def read_rules(engine: Engine) -> tuple[Rule, ...]:
    """Every rule, by name."""
    with reading(engine) as connection:
        return all_rules(connection)


def read_rule(engine: Engine, which: str) -> Rule:
    """The rule with this name or number. Raises QueryError where there is none."""
    with reading(engine) as connection:
        return find_rule(connection, which)


def add_rule(connection: Connection, rule: Rule, *, now: datetime) -> Rule:
    """Stores a new rule. Raises ConflictError where one has its name."""
    taken = connection.execute(select(t.AlertRule.id).where(t.AlertRule.name == rule.name)).scalar()
    if taken is not None:
        raise ConflictError(
            f"There is a rule {rule.name!r} already; change it by 'alerts edit'.", key=rule.name
        )
    values = rule_values(rule) | {"created": now, "changed": now}
    number = connection.execute(insert(t.AlertRule).values(values).returning(t.AlertRule.id)).scalar_one()
    _bump(connection)
    return replace(rule, id=number, created=now, changed=now)


def change_rule(connection: Connection, rule: Rule, *, now: datetime) -> bool:
    """Stores what is different in the rule with the number ``rule.id``; False when nothing is. Raises
    ConflictError where another one has its name."""
    row = connection.execute(select(t.AlertRule.__table__).where(t.AlertRule.id == rule.id)).one()
    changed = {name: value for name, value in rule_values(rule).items() if value != getattr(row, name)}
    if not changed:
        return False
    if "name" in changed:
        taken = select(t.AlertRule.id).where(t.AlertRule.name == rule.name)
        if connection.execute(taken).scalar() is not None:
            raise ConflictError(f"There is a rule {rule.name!r} already.", key=rule.name)
    connection.execute(update(t.AlertRule).where(t.AlertRule.id == rule.id).values(**changed, changed=now))
    _bump(connection)
    return True


def set_state(
    connection: Connection, numbers: Sequence[int], state: RuleState, *, now: datetime, detail: str = ""
) -> None:
    """Changes the state of the rules with these numbers."""
    connection.execute(
        update(t.AlertRule)
        .where(t.AlertRule.id.in_(numbers))
        .values(state=state.value, detail=rows.storable(detail), changed=now)
    )
    _bump(connection)


def remove_rule(connection: Connection, number: int) -> None:
    """Removes a rule with all that it found. What was sent is not recalled."""
    connection.execute(delete(t.AlertRule).where(t.AlertRule.id == number))
    _bump(connection)


def rules_of(connection: Connection, address: str) -> tuple[Rule, ...]:
    """The rules that send to this address, by name."""
    query = select(t.AlertRule.__table__).where(t.AlertRule.address == address).order_by(t.AlertRule.name)
    return tuple(rule_from(row) for row in connection.execute(query))


def _bump(connection: Connection) -> None:
    statement = adding(connection, t.Counter).values(name=COUNTER, value=1)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": t.Counter.value + 1})
    )


# -- hits -----------------------------------------------------------------------------------------


def add_hits(connection: Connection, hits: Sequence[Hit], *, now: datetime) -> int:
    """Stores hits whose key their rule does not have yet, and says how many these are."""
    added = 0
    for hit in hits:
        statement = adding(connection, t.AlertHit).values(hit_values(hit, now=now))
        statement = statement.on_conflict_do_nothing(index_elements=["rule_id", "key"])
        added += len(connection.execute(statement.returning(t.AlertHit.id)).all())
    return added


def unsent_hits(connection: Connection, rule: int, *, until: datetime | None = None) -> tuple[Hit, ...]:
    """What the rule found and no message tells yet, oldest first; ``until``: found before."""
    query = select(t.AlertHit.__table__).where(
        t.AlertHit.rule_id == rule, t.AlertHit.message_id.is_(None), to_be_told()
    )
    if until is not None:
        query = query.where(t.AlertHit.found < until)
    return tuple(hit_from(row) for row in connection.execute(query.order_by(t.AlertHit.id)))


def to_be_told() -> ColumnElement[bool]:
    """The condition that nobody rejected the article of a hit; a rule of everything asks nobody."""
    rejected = exists().where(
        t.ProgramVerdict.article_id == t.AlertHit.article_id,
        t.ProgramVerdict.relevant.is_(True),
        t.Article.id == t.AlertHit.article_id,
        t.is_relevant(indexed=False).is_(False),
        t.AlertRule.id == t.AlertHit.rule_id,
        t.AlertRule.scope != EVERYTHING,
    )
    return not_(rejected)


def hit_counts(connection: Connection) -> dict[int, tuple[int, int, datetime | None]]:
    """Of each rule that found anything: hits, of them unsent, and when the last was found."""
    query = select(
        t.AlertHit.rule_id,
        func.count(),
        func.count().filter(t.AlertHit.message_id.is_(None)),
        func.max(t.AlertHit.found),
    ).group_by(t.AlertHit.rule_id)
    return {rule: (total, unsent, last) for rule, total, unsent, last in connection.execute(query)}


def latest_hits(connection: Connection, rule: int, *, limit: int) -> tuple[Hit, ...]:
    """What the rule found, latest first."""
    query = select(t.AlertHit.__table__).where(t.AlertHit.rule_id == rule)
    return tuple(
        hit_from(row) for row in connection.execute(query.order_by(t.AlertHit.id.desc()).limit(limit))
    )


# -- value ↔ row ----------------------------------------------------------------------------------


def rule_values(rule: Rule) -> dict[str, Any]:
    """The columns of a rule that a user decides."""
    return {
        "name": rows.storable(rule.name),
        "query": rows.storable(rule.query),
        "scope": rule.scope,
        "address": rows.storable(rule.address),
        "rhythm": rule.rhythm.value,
        "hour": rule.hour,
        "weekday": rule.weekday,
        "zone": rule.zone,
        "quiet_from": rule.quiet_from,
        "quiet_until": rule.quiet_until,
        "quiet_days": list(rule.quiet_days),
        "language": rule.language,
        "state": rule.state.value,
        "detail": rows.storable(rule.detail),
    }


def rule_from(row: Any) -> Rule:
    return Rule(
        id=row.id,
        name=row.name,
        query=row.query,
        scope=row.scope,
        address=row.address,
        rhythm=Rhythm(row.rhythm),
        hour=row.hour,
        weekday=row.weekday,
        zone=row.zone,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        quiet_days=tuple(row.quiet_days),
        language=row.language,
        state=RuleState(row.state),
        detail=row.detail,
        created=row.created,
        changed=row.changed,
    )


def hit_values(hit: Hit, *, now: datetime) -> dict[str, Any]:
    matched = hit.matched
    return {
        "rule_id": hit.rule_id,
        "key": hit.key,
        "sort": hit.sort.value,
        "article_id": hit.article_id,
        "record_id": hit.record_id,
        "case_id": hit.case_id,
        "stage": hit.stage.value if hit.stage is not None else None,
        "note": hit.note,
        "url": hit.url,
        "title": rows.storable(hit.title),
        "source": hit.source,
        "language": hit.language,
        "published": hit.published,
        "excerpt": rows.storable(hit.excerpt),
        "matched": {
            "words": [rows.storable(word) for word in matched.words],
            "facts": list(matched.facts),
            "records": list(matched.records),
            "title": [list(mark) for mark in matched.title],
            "excerpt": [list(mark) for mark in matched.excerpt],
        },
        "found": now,
        "message_id": hit.message_id,
    }


def hit_from(row: Any) -> Hit:
    matched = row.matched
    return Hit(
        id=row.id,
        rule_id=row.rule_id,
        key=row.key,
        sort=HitSort(row.sort),
        article_id=row.article_id,
        record_id=row.record_id,
        case_id=row.case_id,
        stage=Stage(row.stage) if row.stage is not None else None,
        note=row.note,
        url=row.url,
        title=row.title,
        source=row.source,
        language=row.language,
        published=row.published,
        excerpt=row.excerpt,
        matched=Matched(
            words=tuple(matched["words"]),
            facts=tuple(matched["facts"]),
            records=tuple(matched["records"]),
            title=tuple((start, end) for start, end in matched["title"]),
            excerpt=tuple((start, end) for start, end in matched["excerpt"]),
        ),
        found=row.found,
        message_id=row.message_id,
    )


# -- what people say of articles ------------------------------------------------------------------


def mark_article(connection: Connection, url: str, *, relevant: bool | None, by: str, now: datetime) -> None:
    """Notes that somebody accepts or rejects the article at an address; None takes it back."""
    key = rows.page_key(url)
    mine = (t.ArticleMark.url == key) & (t.ArticleMark.by == by)
    connection.execute(delete(t.ArticleMark).where(mine))
    if relevant is not None:
        connection.execute(insert(t.ArticleMark).values(url=key, by=by, relevant=relevant, at=now))
