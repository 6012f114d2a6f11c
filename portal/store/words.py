"""The words by which notices are found, kept beside them; the database's own text search reads them.

Kept as stems (text/words), so that accents, plurals and genders are forgiven alike on SQLite (FTS5) and on PostgreSQL
(tsvector of the configuration `simple`): neither needs to know a language, and what it indexes is plain ASCII.
"""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.store.database import TEXT_SEARCH, Model
from portal.text.words import stems

#: A word of the title says more than one of the body.
TITLE_WEIGHT = 10.0
#: Of a word that nearly all hold, the newest notices alone are ranked: each takes 1 µs on SQLite, 8 µs on PostgreSQL.
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
)


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


def matching(session: Session, words: Sequence[str], language: Language, *, every: bool = True) -> FromClause:
    """Return the notices that hold every one of some stems in `language`: their `notice_id`, and their `rank`.

    The smaller the rank, the better. Not `every`: those that hold one of them, or a word that begins so.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _in_postgresql(words, language, every).subquery()
    return _in_sqlite(words, language, every).subquery()


def _in_sqlite(words: Sequence[str], language: Language, every: bool) -> Select[int, float]:
    # Each stem in quotes is a word to find, whatever it is: none is an operator of FTS5's own language.
    found = " AND ".join(f'"{word}"' for word in words) if every else " OR ".join(map(_beginning_in_sqlite, words))
    rank: ColumnElement[float] = func.bm25(_sqlite.c[TEXT_SEARCH], *[TITLE_WEIGHT, 1.0] * len(LANGUAGES))
    wanted = _sqlite.c[TEXT_SEARCH].op("MATCH")(f"{{title_{language} body_{language}}} : ({found})")
    newest = select(_sqlite.c.rowid).where(wanted).order_by(_sqlite.c.rowid.desc()).limit(MOST_RANKED).subquery()
    since = select(func.min(newest.c.rowid)).scalar_subquery()
    return select(_sqlite.c.rowid.label("notice_id"), rank.label("rank")).where(wanted, _sqlite.c.rowid >= since)


def _beginning_in_sqlite(word: str) -> str:
    return f'"{word}"*' if len(word) >= SHORTEST_BEGINNING else f'"{word}"'


def _in_postgresql(words: Sequence[str], language: Language, every: bool) -> Select[int, float]:
    found = " & ".join(f"'{word}'" for word in words) if every else " | ".join(map(_beginning_in_postgresql, words))
    vector: ColumnElement[str] = _postgresql.c[f"{TEXT_SEARCH}_{language}"]
    wanted = func.to_tsquery(cast("simple", REGCONFIG), found)
    newest = select(_postgresql.c.notice_id, vector.label("vector")).where(vector.op("@@")(wanted))
    ranked = newest.order_by(_postgresql.c.notice_id.desc()).limit(MOST_RANKED).subquery()
    rank: ColumnElement[float] = -func.ts_rank(ranked.c.vector, wanted)
    return select(ranked.c.notice_id, rank.label("rank"))


def _beginning_in_postgresql(word: str) -> str:
    return f"'{word}':*" if len(word) >= SHORTEST_BEGINNING else f"'{word}'"
