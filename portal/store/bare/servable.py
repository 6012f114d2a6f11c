"""Whether a database can be served as it is, asked by the bare driver: an application takes seconds to import."""

from contextlib import closing

from portal.store.bare.connections import DatabaseSilent, asking

#: The action of the audit log that marks a database as filled with demonstration content, for good; known here because
#: it is asked for before anything that knows the log.
DEMONSTRATION = "demonstration"
_IS_DEMONSTRATION = f"SELECT 1 FROM changes WHERE action = '{DEMONSTRATION}' LIMIT 1"  # noqa: S608 — a word of ours


def is_servable(database_url: str, newest_migration: str) -> bool:
    """Say whether a database has every migration of this release, and no demonstration, of which more is to be told.

    Raises DatabaseSilent for one that cannot be reached; of one that answers with a refusal, it is false.
    """
    with closing(asking(database_url)) as ask:
        try:
            version = ask("SELECT version_num FROM alembic_version")
            return version == [(newest_migration,)] and not ask(_IS_DEMONSTRATION)
        except DatabaseSilent:
            ask("SELECT 1")  # or it is not there at all
            return False
