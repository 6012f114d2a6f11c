"""The words by which notices are found, with what each database needs to find them; filled for the notices there."""

import sqlalchemy as sa
from alembic import op

from portal.core.languages import LANGUAGES, Bilingual
from portal.store.words import kept_words

revision = "0005"
down_revision = "0004"

COLUMNS = "title_fr, body_fr, title_en, body_en"
WORDS = sa.table("search_words", sa.column("notice_id"), *map(sa.column, COLUMNS.split(", ")))
TEXTS = (
    "SELECT n.id, r.title_fr, r.title_en, r.body_fr, r.body_en FROM notices n "
    "JOIN notice_revisions r ON r.notice_id = n.id AND r.number = n.revision "
    "WHERE n.withdrawn_at IS NULL ORDER BY n.id"
)
FILLED_AT_ONCE = 500


def upgrade() -> None:
    texts = [sa.Column(name, sa.Text, nullable=False) for name in COLUMNS.split(", ")]
    op.create_table(
        "search_words",
        sa.Column("notice_id", sa.Integer, primary_key=True, autoincrement=False),
        *texts,
        sa.PrimaryKeyConstraint("notice_id", name="pk_search_words"),
    )
    if op.get_context().dialect.name == "postgresql":
        _index_postgresql()
    else:
        _index_sqlite()
    _fill()


def _index_sqlite() -> None:
    # Its content is the table of words itself: it keeps no copy, and the triggers tell it of each change.
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5({COLUMNS}, content='search_words', content_rowid='notice_id')"
    )
    forget = f"INSERT INTO search_index (search_index, rowid, {COLUMNS}) VALUES ('delete', {_of('old')});"  # noqa: S608 — our own names
    learn = f"INSERT INTO search_index (rowid, {COLUMNS}) VALUES ({_of('new')});"  # noqa: S608 — our own names
    for verb, told in (("INSERT", learn), ("DELETE", forget), ("UPDATE", forget + learn)):
        op.execute(f"CREATE TRIGGER search_words_{verb.lower()} AFTER {verb} ON search_words BEGIN {told} END")


def _of(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in ("notice_id", *COLUMNS.split(", ")))


def _index_postgresql() -> None:
    for language in LANGUAGES:
        weighed = " || ".join(
            f"setweight(to_tsvector('simple', {part}_{language}), '{weight}')"
            for part, weight in (("title", "A"), ("body", "D"))
        )
        name = f"search_index_{language}"
        op.execute(f"ALTER TABLE search_words ADD COLUMN {name} tsvector GENERATED ALWAYS AS ({weighed}) STORED")
        op.execute(f"CREATE INDEX {name} ON search_words USING gin ({name})")


def _fill() -> None:
    found = op.get_bind().execute(sa.text(TEXTS)).mappings()
    while some := found.fetchmany(FILLED_AT_ONCE):
        op.bulk_insert(
            WORDS,
            [
                {
                    "notice_id": row["id"],
                    **kept_words(
                        Bilingual(row["title_fr"], row["title_en"]), Bilingual(row["body_fr"], row["body_en"])
                    ),
                }
                for row in some
            ],
        )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_words")
