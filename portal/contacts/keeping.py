"""Changing the lines: those the portal begins with, one added or changed, one taken away; each with its audit line."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from portal.contacts.records import PhoneRow
from portal.contacts.rules import check_key
from portal.core.errors import CannotChange
from portal.core.languages import Bilingual, Sentence
from portal.hours.files import read_week
from portal.hours.keeping import check_schedule, new_schedule
from portal.hours.records import ScheduleRow
from portal.store.changes import Change

FIELDS = ("region_fr", "region_en", "number", "schedule_key")


def keep_facts(change: Change, facts: Mapping[str, Any]) -> None:
    """Keep the lines and hours of a facts file where there are none yet."""
    session = change.session
    if session.scalar(select(PhoneRow.key).limit(1)) or session.scalar(select(ScheduleRow.key).limit(1)):
        return
    for schedule in facts["schedules"]:
        new_schedule(change, schedule["key"], read_week(schedule["week"]))
    for position, phone in enumerate(facts["phones"]):
        session.add(PhoneRow(position=position, **phone))
    change.details["phones"] = [phone["number"] for phone in facts["phones"]]


def keep_phone(change: Change, key: str, number: str | None, region: Bilingual, schedule: str | None) -> None:
    """Keep a line, new (the last then) or changed in what is given.

    Raises CannotChange for a new line with a key that no address can hold, or without its number and its region in both
    languages, and for an unknown schedule.
    """
    session = change.session
    known = list(session.scalars(select(ScheduleRow.key).order_by(ScheduleRow.key)))
    if schedule is not None:
        check_schedule(known, schedule)
    row = session.get(PhoneRow, key)
    if row is None:
        _check_new(key, number, region)
    if row is None and schedule is None:
        _check_only_schedule(known, key)
    before = {name: getattr(row, name) for name in FIELDS} if row else dict.fromkeys(FIELDS)
    given = {"region_fr": region.fr, "region_en": region.en, "number": number, "schedule_key": schedule}
    new = {name: given[name] or before[name] for name in FIELDS}
    new["schedule_key"] = new["schedule_key"] or known[0]
    if new == before:
        return
    if row is None:
        last = session.scalar(select(func.max(PhoneRow.position)))
        row = PhoneRow(key=key, position=0 if last is None else last + 1)
        session.add(row)
    for name, value in new.items():
        setattr(row, name, value)
    changed = {name: [before[name], new[name]] for name in FIELDS if before[name] != new[name]}
    change.details |= {"phone": key, "fields": changed}


def _check_new(key: str, number: str | None, region: Bilingual) -> None:
    check_key(key)
    if not (number and region.fr and region.en):
        sentence = Sentence("“%(key)s” is a new line: give its number, and its region in both languages", key=key)
        raise CannotChange(sentence)


def _check_only_schedule(known: Sequence[str], key: str) -> None:
    if not known:
        raise CannotChange(Sentence("“%(key)s” is a new line: make the schedule of its hours first", key=key))
    if len(known) > 1:
        sentence = Sentence("“%(key)s” is a new line: say which schedule it has: %(known)s", key=key, known=known)
        raise CannotChange(sentence)


def remove_phone(change: Change, key: str) -> None:
    """Take a line away. Raises CannotChange where there is none, and for the last one."""
    session = change.session
    row = session.get(PhoneRow, key)
    if row is None:
        raise CannotChange(_unknown(key, list(session.scalars(select(PhoneRow.key).order_by(PhoneRow.position)))))
    if session.scalar(select(func.count()).select_from(PhoneRow)) == 1:
        sentence = Sentence("“%(key)s” is the last line: add another before, so that visitors can call", key=key)
        raise CannotChange(sentence)
    session.delete(row)
    change.details |= {"phone": key, "fields": {name: [getattr(row, name), None] for name in FIELDS}}


def _unknown(key: str, known: Sequence[str]) -> Sentence:
    if not known:
        return Sentence("line “%(key)s” is unknown; there are none yet", key=key)
    return Sentence("line “%(key)s” is unknown; there are %(known)s", key=key, known=known)
