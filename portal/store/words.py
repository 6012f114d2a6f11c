"""The words by which notices are found, kept beside them; the database's own text search reads them.

Kept as stems (text/words), so that accents, plurals and genders are forgiven alike on SQLite (FTS5) and on PostgreSQL
(tsvector of the configuration `simple`): neither needs to know a language, and what it indexes is plain ASCII.
"""

import re
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.store.database import TEXT_SEARCH, Model
from portal.text.words import stems

#: A word of the title says more than one of the body.
TITLE_WEIGHT = 10.0
#: Of a word that nearly all hold, the newest notices alone are ranked, and the newest of those that hold it in their
#: title: each takes 1 µs on SQLite, 8 µs on PostgreSQL. With ten thousand notices, the titles and what may be found add
#: 5 ms to a search on SQLite, 15 ms on PostgreSQL, and 50 ms there where French alone is looked through in English.
MOST_RANKED = 1_000
#: Shorter ones begin too many words.
SHORTEST_BEGINNING = 4
#: The address of a link in Markdown is no word that people read.
_TARGET = re.compile(r"\]\([^()\s]*\)")


class SearchWordsRow(Model):
    """The stems of a notice, separated by spaces, in their order."""

    __tablename__ = "search_words"

    notice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title_fr: Mapped[str] = mapped_column(Text)
    body_fr: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)


_sqlite = table(TEXT_SEARCH, column("rowid", Integer), column(TEXT_SEARCH, Text))
_postgresql = table(
    SearchWordsRow.__tablename__,
    column("notice_id", Integer),
    *(column(f"{TEXT_SEARCH}_{language}", TSVECTOR) for language in LANGUAGES),
    *(column(f"title_{language}", Text) for language in LANGUAGES),
).alias("indexed")


def keep(session: Session, notice_id: int, title: Bilingual, body: Bilingual) -> None:
    """Keep the words of a notice, inside a recorded change: those of before are forgotten. `body` is in Markdown."""
    row = SearchWordsRow(notice_id=notice_id, **kept_words(title, body))
    session.merge(row)
    session.flush()


def kept_words(title: Bilingual, body: Bilingual) -> dict[str, str]:
    """Return what is kept of the words of a notice, by column; an English text that is not there has no words."""
    return {
        "title_fr": " ".join(stems(title.fr, "fr")),
        "body_fr": " ".join(stems(_TARGET.sub("]", body.fr), "fr")),
        "title_en": " ".join(stems(title.en, "en")),
        "body_en": " ".join(stems(_TARGET.sub("]", body.en), "en")),
    }


def forget(session: Session, notice_id: int) -> None:
    """Forget the words of a notice, inside a recorded change."""
    if kept := session.get(SearchWordsRow, notice_id):
        session.delete(kept)
        session.flush()


def matching(
    session: Session, words: Sequence[str], language: Language, *, among: Select[int], every: bool = True
) -> FromClause:
    """Return the notices that hold every one of some stems in `language`: their `notice_id`, and their `rank`.

    The smaller the rank, the better. `among` selects the numbers of the notices that may be found. Not `every`: those
    that hold one of the stems, or a word that begins so. However many newer notices hold them, the newest of those
    whose title does are there.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _in_postgresql(words, language, among, every).subquery()
    return _in_sqlite(words, language, among, every).subquery()


def _newest(number: ColumnElement[int], *conditions: ColumnElement[bool]) -> Select[int]:
    return select(number).where(*conditions).order_by(number.desc()).limit(MOST_RANKED)


def _is_among(number: ColumnElement[int], among: Select[int]) -> ColumnElement[bool]:
    # Each is looked for until there are enough: the list of all the others would take longer.
    return among.where(among.selected_columns[0] == number).exists()


def _in_sqlite(words: Sequence[str], language: Language, among: Select[int], every: bool) -> Select[int, float]:
    # Each stem in quotes is a word to find, whatever it is: none is an operator of FTS5's own language.
    found = " AND ".join(f'"{word}"' for word in words) if every else " OR ".join(map(_beginning_in_sqlite, words))
    number, matches = _sqlite.c.rowid, _sqlite.c[TEXT_SEARCH].op("MATCH")
    wanted, is_among = matches(f"{{title_{language} body_{language}}} : ({found})"), _is_among(number, among)
    in_title = _newest(number, matches(f"{{title_{language}}} : ({found})"), is_among)
    newest = _newest(number, wanted, is_among).subquery()
    since = select(func.min(newest.c.rowid)).scalar_subquery()
    rank: ColumnElement[float] = func.bm25(_sqlite.c[TEXT_SEARCH], *[TITLE_WEIGHT, 1.0] * len(LANGUAGES))
    is_ranked = or_(number >= since, number.in_(in_title))
    return select(number.label("notice_id"), rank.label("rank")).where(wanted, is_ranked, is_among)


def _beginning_in_sqlite(word: str) -> str:
    return f'"{word}"*' if len(word) >= SHORTEST_BEGINNING else f'"{word}"'


def _in_postgresql(words: Sequence[str], language: Language, among: Select[int], every: bool) -> Select[int, float]:
    found = " & ".join(f"'{word}'" for word in words) if every else " | ".join(map(_beginning_in_postgresql, words))
    number: ColumnElement[int] = _postgresql.c.notice_id
    vector: ColumnElement[str] = _postgresql.c[f"{TEXT_SEARCH}_{language}"]
    query = func.to_tsquery(cast("simple", REGCONFIG), found)
    wanted, in_title = vector.op("@@")(query), _in_title_of_postgresql(words, language, every)
    is_among = _is_among(number, among)
    parts = [_newest(number, condition, is_among).subquery() for condition in (wanted, in_title)]
    ranked = union(*(select(part.c.notice_id) for part in parts)).subquery()
    rank: ColumnElement[float] = -func.ts_rank(vector, query)
    return select(number, rank.label("rank")).join(ranked, ranked.c.notice_id == number)


def _in_title_of_postgresql(words: Sequence[str], language: Language, every: bool) -> ColumnElement[bool]:
    # The index does not know which words are of the title: asked by weight, each vector would be read, 8 µs a notice.
    title = literal(" ") + _postgresql.c[f"title_{language}"] + " "
    ends = ["" if not every and len(word) >= SHORTEST_BEGINNING else " " for word in words]
    found = [title.contains(f" {word}{end}", autoescape=True) for word, end in zip(words, ends, strict=True)]
    return and_(*found) if every else or_(*found)


def _beginning_in_postgresql(word: str) -> str:
    return f"'{word}':*" if len(word) >= SHORTEST_BEGINNING else f"'{word}'"
