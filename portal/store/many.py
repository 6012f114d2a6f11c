"""Many rows at once: on PostgreSQL in one parameter, where one by one they took three times as long.

A thousand at a time: SQLite takes 32,766 parameters at most.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Insert,
    Table,
    TableValuedAlias,
    Text,
    Update,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

Value = TypeVar("Value")
Rows = Sequence[Mapping[str, object]]
#: The parameter of all the rows, in JSON.
ROWS = "rows"
#: That of the id by which a row is found, beside its columns.
FOUND_BY = "found_by"


def is_among(session: Session, column: InstrumentedAttribute[Value], values: Iterable[Value]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some values."""
    if _is_postgres(session):
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


def insert_rows(session: Session, table: Table, rows: Rows) -> None:
    """Add rows to a table, inside a recorded change. Each has the same columns, of texts, numbers and days."""
    if rows and _is_postgres(session):
        session.execute(_insert(table, tuple(rows[0])), _in_json(rows))
    elif rows:
        session.execute(insert(table), rows)


def update_rows(session: Session, table: Table, rows: Rows) -> None:
    """Give other values to the rows of a table, found by their `id`, inside a recorded change: as `insert_rows`."""
    if rows and _is_postgres(session):
        session.execute(_update(table, tuple(rows[0])), _in_json(rows))
    elif rows:
        statement = update(table).where(table.c.id == bindparam(FOUND_BY))
        session.execute(statement, [{FOUND_BY: row["id"], **row} for row in rows])


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _in_json(rows: Rows) -> Mapping[str, str]:
    return {ROWS: json.dumps(rows, default=str)}


@cache
def _insert(table: Table, columns: Sequence[str]) -> Insert:
    return insert(table).from_select(columns, select(_given(table, columns)))


@cache
def _update(table: Table, columns: Sequence[str]) -> Update:
    given = _given(table, columns)
    return update(table).where(table.c.id == given.c.id).values({name: given.c[name] for name in columns})


def _given(table: Table, columns: Sequence[str]) -> TableValuedAlias:
    rows = func.json_to_recordset(cast(bindparam(ROWS, type_=Text), JSON))
    return rows.table_valued(*(column(name, table.c[name].type) for name in columns)).render_derived(with_types=True)
