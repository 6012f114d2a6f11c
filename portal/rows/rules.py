"""The rows of the table: the kinds of request, and what the table says of each now (product.md §3)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from portal.core.calendar import is_working_day
from portal.core.errors import UnknownKey
from portal.core.languages import Bilingual, Sentence

#: What a row's date means. The last two have no date.
Meaning = Literal["received_on", "received_up_to", "up_to_date", "suspended"]
MEANINGS: tuple[Meaning, ...] = get_args(Meaning)
#: The feed of a row that ended goes on as long as a reader that comes once a quarter needs to see its last item.
TOLD_AFTER_END_DAYS = 90
#: A note stands under the name of its row, in a table: a sentence or two.
LONGEST_NOTE = 300
DATED: frozenset[Meaning] = frozenset({"received_on", "received_up_to"})


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows under one heading."""

    key: str
    label: Bilingual


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of request: one row of the table. `key` never changes.

    `update_every_days` and `tolerance_days` are calendar days; `grace_days` and `jump_days` (the longest advance that
    no one need confirm) are working days. `issues_credentials` says whether a processed request sends a password and a
    user name (a removal sends none). `notice` is the key of the notice that explains the row, or empty. `merged_into`
    is the key of the row that replaced it, `split_from` of the one it comes from, or None. The row stands in the table
    from `first_day` to `last_day`, both included; None is no limit. `has_forecast` is the switch of its forecast.
    """

    key: str
    group: Group
    label: Bilingual
    forms: tuple[str, ...]
    update_every_days: int
    tolerance_days: int
    grace_days: int
    jump_days: int
    note: Bilingual
    issues_credentials: bool
    has_forecast: bool
    merged_into: str | None
    split_from: str | None
    first_day: date | None
    last_day: date | None
    notice: str

    def has_begun(self, day: date) -> bool:
        """Say whether `day` is the row's first day or later."""
        return self.first_day is None or day >= self.first_day

    def has_ended(self, day: date) -> bool:
        """Say whether `day` is after the row's last day."""
        return self.last_day is not None and day > self.last_day

    @property
    def retires_on(self) -> date | None:
        """Return the day from which the row's feed has nothing more to tell, to anyone; None for a row without end."""
        return self.last_day and self.last_day + timedelta(days=TOLD_AFTER_END_DAYS)

    def has_feed(self, day: date) -> bool:
        """Say whether the row's feed answers on `day`: it does until it is retired."""
        return self.retires_on is None or day < self.retires_on

    def is_in_table(self, day: date) -> bool:
        """Say whether the row stands in the table on `day`: begun, and not ended."""
        return self.has_begun(day) and not self.has_ended(day)


@dataclass(frozen=True, slots=True)
class ProcessingDate:
    """What the table says of a row now: the received date being processed, and as of which day.

    `received_on` is None unless the meaning is a dated one. `as_of` is None for a row never published.
    """

    row: Row
    meaning: Meaning
    received_on: date | None
    as_of: date | None
    next_update_on: date | None

    @property
    def stale_from(self) -> date | None:
        """Return the first day on which the row is older than its frequency and tolerance allow."""
        if self.as_of is None or self.row.merged_into:
            return None
        stale_from = self.as_of + timedelta(days=self.row.update_every_days + self.row.tolerance_days + 1)
        return None if self.row.has_ended(stale_from) else stale_from

    def announced_on(self, today: date) -> date | None:
        """Return the day after today on which the row is to be updated, in Québec.

        None where nobody says, where that day has come, and for a row that is suspended, merged, or ends before.
        """
        day = self.next_update_on
        is_to_come = day is not None and day > today and not self.row.has_ended(day)
        return day if is_to_come and self.meaning != "suspended" and not self.row.merged_into else None

    def is_stale(self, today: date) -> bool:
        """Say whether the row is overdue, by itself, without anyone acting."""
        return self.stale_from is not None and today >= self.stale_from and not self.row.has_ended(today)


def found_row(rows: Sequence[ProcessingDate], key: str) -> ProcessingDate:
    """Return the row of that key among those known. Raises UnknownKey with the rows there are."""
    for found in rows:
        if found.row.key == key:
            return found
    raise UnknownKey("row", key, [(found.row.key, found.row.label) for found in rows])


def already_covered(form_number: str, key: str) -> Sentence:
    """Return why a form cannot be covered: the row of that key does already."""
    return Sentence("form %(form)s is already covered by “%(row)s”", form=form_number, row=key)


def standing_for(rows: Sequence[ProcessingDate], form_number: str) -> list[ProcessingDate]:
    """Return what is said now of the rows that cover a form; a row that was merged into another stands for it.

    `rows` are those that have begun, ended ones too: a form may have been sent before its row ended.
    """
    covering = [found for found in rows if form_number in found.row.forms]
    return [found_row(rows, found.row.merged_into) if found.row.merged_into else found for found in covering]


def on_day(rows: Sequence[ProcessingDate], day: date) -> list[ProcessingDate]:
    """Return the rows as they are on `day`, each with its kin of that day.

    A row is split from another once that one has begun; it is merged into another once that one has begun, and once
    its own last day, where it has one, is over. A merge of merges leads to the last of them.
    """
    begun = {found.row.key for found in rows if found.row.has_begun(day)}
    kin = {found.row.key: _with_kin(found.row, begun, day) for found in rows}
    return [
        replace(found, row=replace(row, merged_into=_last_of(row, kin)))
        for found, row in zip(rows, kin.values(), strict=True)
    ]


def in_table(rows: Sequence[ProcessingDate], day: date) -> list[ProcessingDate]:
    """Return those of all rows that stand in the table on `day`, as they are then."""
    return [found for found in on_day(rows, day) if found.row.is_in_table(day)]


def begun(rows: Sequence[ProcessingDate], day: date) -> list[ProcessingDate]:
    """Return those of all rows that have begun by `day`, ended ones too: each keeps its page and history for ever."""
    return [found for found in on_day(rows, day) if found.row.has_begun(day)]


def _last_of(row: Row, kin: Mapping[str, Row]) -> str | None:
    # No circle: the file of the rows is refused for one.
    key = row.merged_into
    while key and (further := kin[key].merged_into):
        key = further
    return key


def _with_kin(row: Row, begun: Collection[str], day: date) -> Row:
    is_over = row.last_day is None or row.has_ended(day)
    merged_into = row.merged_into if row.merged_into in begun and is_over else None
    split_from = row.split_from if row.split_from in begun else None
    return replace(row, merged_into=merged_into, split_from=split_from)


def turns(dates: Sequence[ProcessingDate]) -> list[date]:
    """Return the days on which the table changes by itself: a row comes into it, leaves it, or grows overdue."""
    return sorted([*comings(dates), *(one.stale_from for one in dates if one.stale_from)])


def comings(dates: Iterable[ProcessingDate]) -> list[date]:
    """Return the days on which rows come into the table or leave it."""
    found: list[date] = []
    for one in dates:
        after_last = one.row.last_day and one.row.last_day + timedelta(days=1)
        found += [day for day in (one.row.first_day, after_last) if day]
    return sorted(found)


def latest_as_of(table: Iterable[ProcessingDate]) -> date | None:
    """Return the latest as-of day of the table, or None before its first edition."""
    return max((found.as_of for found in table if found.as_of), default=None)


def next_update(as_of: date, every_days: int) -> date:
    """Return the working day on which a row published as of `as_of` is due again."""
    day = as_of + timedelta(days=every_days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
