"""The rows as the public pages share them: after a change forty pages show them, and read them once."""

from collections.abc import Sequence

from portal.rows import records
from portal.rows.rules import ProcessingDate, begun, in_table
from portal.store.database import session
from portal.web.public import today
from portal.web.shared import shared


def all_rows() -> Sequence[ProcessingDate]:
    """Return every row as it was defined, with its date, those to come too, in the order of the table."""
    return shared().value(("dates",), "rows", lambda: tuple(records.all_rows(session())), is_daily=False)


def table() -> Sequence[ProcessingDate]:
    """Return the rows that stand in the table today, with their dates, in order."""
    return in_table(all_rows(), today())


def known_rows() -> Sequence[ProcessingDate]:
    """Return the rows that have begun by today, ended ones too."""
    return begun(all_rows(), today())
