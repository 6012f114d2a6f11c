"""Whether an installation may be served as it is, asked by the bare driver: an application takes seconds to import."""

from portal.store.bare.connections import DatabaseSilent, asking

#: The action that marks a database as filled with demonstration content, for good.
DEMONSTRATION = "demonstration"
_IS_DEMONSTRATION = f"SELECT 1 FROM changes WHERE action = '{DEMONSTRATION}' LIMIT 1"  # noqa: S608 — a word of ours


def is_begun(database_url: str, newest_migration: str) -> bool:
    """Say whether a database has every migration and holds no demonstration. Raises DatabaseSilent."""
    ask = asking(database_url)
    ask("SELECT 1")  # whether it is there at all
    try:
        return ask("SELECT version_num FROM alembic_version") == [(newest_migration,)] and not ask(_IS_DEMONSTRATION)
    except DatabaseSilent:  # it has no such tables
        return False
