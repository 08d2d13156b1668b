"""The search index of PostgreSQL, as the first migration makes it; storage/words.py asks it.

All of it is made of what any owner of a database may make: dictionaries of the stemmers that come with
the server, without lists of stop words, and functions in SQL. Accents are taken off by Unicode's own
decomposition, since the extension "unaccent" is not on every server, and its rules leave out letters.
"""

# ruff: noqa: S608 - statements are put together of pieces of this file

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

STEMMERS: Final = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}
"""The languages whose words have stems in the index: those of the program. One more needs a migration."""


def make(connection: Connection) -> None:
    """Makes the index and the triggers that keep it in step."""
    # A server without ICU has the letters of all languages in its library's "C.UTF-8".
    known = text("SELECT collname FROM pg_collation WHERE collname IN ('und-x-icu', 'C.utf8', 'C.UTF-8')")
    collations = sorted(connection.execute(known).scalars(), reverse=True)
    for statement in statements(collations[0] if collations else "default"):
        connection.exec_driver_sql(statement)


def statements(collation: str) -> tuple[str, ...]:
    """What makes the index; ``collation`` knows the letters of all languages."""
    # Folding takes off accents and capitals and leaves nothing but letters, digits and single blanks, so
    # that the server's parser has no addresses, paths or numbers with signs to find.
    fold = f"""CREATE FUNCTION watch_fold(told text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(
            regexp_replace(lower(normalize(told, NFKD) COLLATE "{collation}"), '[\\u0300-\\u036f]', '', 'g'),
            '[^[:alnum:]]+', ' ', 'g') $$"""
    dictionaries = [
        statement
        for language, stemmer in STEMMERS.items()
        for statement in (
            f"CREATE TEXT SEARCH DICTIONARY watch_{language}_stem "
            f"(TEMPLATE = snowball, Language = {stemmer})",
            f"CREATE TEXT SEARCH CONFIGURATION watch_{language} (COPY = pg_catalog.simple)",
            f"ALTER TEXT SEARCH CONFIGURATION watch_{language} "
            f"ALTER MAPPING FOR asciiword, word WITH watch_{language}_stem",
        )
    ]
    known = ", ".join(f"'{language}'" for language in STEMMERS)
    forms = " || ".join(
        f"""coalesce(array_to_string(array(SELECT quote_literal('{language}/' || left(stem, 500))
            FROM unnest(ts_lexize('watch_{language}_stem', word)) AS stem), ' | ') || ' | ', '')"""
        for language in STEMMERS
    )
    return (
        fold,
        *dictionaries,
        f"""CREATE FUNCTION watch_stems(told text, language text) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN
        IF language NOT IN ({known}) THEN RETURN ''::tsvector; END IF;
        RETURN array_to_tsvector(array(SELECT language || '/' || stem FROM unnest(
            tsvector_to_array(to_tsvector(('watch_' || language)::regconfig, told))) AS stem));
        END $$""",
        # The words of an outlet's name are no words of the article, so they are marked as its own.
        """CREATE FUNCTION watch_source(source text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT regexp_replace(to_tsvector('simple', watch_fold(source))::text,
            $re$'([^']+)'$re$, $re$'@\\1'$re$, 'g')::tsvector $$""",
        # A word as a query has it. marks: nothing, A, D or @, and * where the word may go on.
        """CREATE FUNCTION watch_word(word text, marks text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT quote_literal(CASE WHEN strpos(marks, '@') > 0 THEN '@' ELSE '' END || left(word, 500))
            || CASE WHEN marks IN ('', '@') THEN '' ELSE ':' || replace(marks, '@', '') END $$""",
        # A tsvector holds a megabyte. The longest texts of all could need more: their beginnings do then.
        """CREATE FUNCTION watch_words(title text, told text, source text, language text) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE AS $made$
        DECLARE named text := watch_fold(title); body text := watch_fold(told); BEGIN
        -- What stands between them keeps a phrase from beginning in one and ending in the other.
        RETURN setweight(to_tsvector('simple', named), 'A') || $$'@':1$$::tsvector
            || setweight(to_tsvector('simple', body), 'D') || $$'@':1$$::tsvector || watch_source(source)
            || watch_stems(named || ' ' || body, language);
        EXCEPTION WHEN program_limit_exceeded THEN
        RETURN watch_words(left(title, 1000), left(told, length(told) / 2), source, language);
        END $made$""",
        # One word with its forms; "" where nothing is left of it.
        f"""CREATE FUNCTION watch_forms(told text, marks text) RETURNS tsquery
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE word text := trim(watch_fold(told)); BEGIN
        IF word = '' OR strpos(word, ' ') > 0 THEN RETURN watch_phrase(told, marks); END IF;
        RETURN ({forms} || watch_word(word, marks))::tsquery;
        END $$""",
        """CREATE FUNCTION watch_phrase(told text, marks text) RETURNS tsquery
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_agg(watch_word(word, marks), ' <-> ' ORDER BY place), '')::tsquery
        FROM regexp_split_to_table(trim(watch_fold(told)), ' ') WITH ORDINALITY AS each (word, place)
        WHERE word <> '' $$""",
        """CREATE FUNCTION watch_beginning(told text, marks text) RETURNS tsquery
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_agg(watch_word(word, marks || CASE WHEN last THEN '*' ELSE '' END),
            ' <-> ' ORDER BY place), '')::tsquery
        FROM (SELECT word, place, place = max(place) OVER () AS last
            FROM regexp_split_to_table(trim(watch_fold(told)), ' ') WITH ORDINALITY AS each (word, place)
            WHERE word <> '') AS every $$""",
        # The first of each pair before the second, with at most so many words between them.
        """CREATE FUNCTION watch_near(firsts tsquery[], seconds tsquery[], distance integer)
        RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_agg('(' || tsquery_phrase(first, second, gap)::text || ')', ' | '),
            '')::tsquery
        FROM unnest(firsts, seconds) AS pairs (first, second), generate_series(1, distance + 1) AS gap $$""",
        """CREATE TABLE articles_fts (
            id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
            words tsvector NOT NULL)""",
        # Few words are frequent. Of those that are not known to be, the planner believes that they are as
        # frequent as the rarest that it knows, so that it must know many.
        "ALTER TABLE articles_fts ALTER COLUMN words SET STATISTICS 1000",
        """CREATE FUNCTION watch_index() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO articles_fts (id, words)
        VALUES (new.id, watch_words(new.title, new.text, new.source, new.language))
        ON CONFLICT (id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$""",
        """CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles
        FOR EACH ROW EXECUTE FUNCTION watch_index()""",
        """CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, text, source, language ON articles
        FOR EACH ROW EXECUTE FUNCTION watch_index()""",
        "CREATE INDEX ix_articles_fts_words ON articles_fts USING gin (words)",
    )
