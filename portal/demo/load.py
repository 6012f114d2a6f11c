"""Filling an empty database with the demonstration, by the same doors as real content."""

from datetime import date, datetime, time, timedelta

from portal.core.calendar import holidays, instant
from portal.core.errors import PortalError
from portal.core.languages import NO_TEXT
from portal.demo import content
from portal.editions import files as editions_files, records as editions
from portal.hours import keeping as hours, records as hours_records
from portal.notices import keeping, records as notices
from portal.rows import files as rows_files, records as rows
from portal.status.keeping import AlreadyImported, Terms, import_file
from portal.status.records import is_any
from portal.store.bare.servable import DEMONSTRATION
from portal.store.changes import Change, change_details, recorded_change, was_ever
from portal.store.database import session
from portal.writing import files as notices_files

ACTOR = "demonstration"
REASON = "Demonstration"
#: Editions of the demonstration are published at nine o'clock.
PUBLISHED_AT = time(9)
#: The one that was a mistake, in the afternoon; it was seen soon.
MISTAKEN_AT = time(14, 10)
UNTIL_UNDONE = timedelta(minutes=25)


#: Days for which every date of the demonstration is one that real content could have.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class NotEmpty(PortalError):
    """The database holds content that is no demonstration: the two are never mixed."""


def day_loaded() -> date | None:
    """Return the day for which the demonstration was made, or None in a database without one."""
    details = change_details(session(), DEMONSTRATION)
    return date.fromisoformat(str(details["day"])) if details else None


def has_content() -> bool:
    """Say whether the database holds rows, notices (drafts too) or requests."""
    found = session()
    return bool(rows.all_rows(found) or notices.standing(found) or is_any(found))


def load(day: date, at: datetime, terms: Terms) -> bool:
    """Fill an empty database for `day`; say whether anything was done. `at` is aware. Raises NotEmpty.

    Begun and broken off, it is finished for the day for which it was begun.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PortalError(f"the demonstration is made for a day from {FIRST_DAY} to {LAST_DAY}")
    if not was_ever(session(), DEMONSTRATION):
        if has_content():
            raise NotEmpty("the database holds real content; demonstration content goes into an empty one")
        with recorded_change("site", action=DEMONSTRATION, actor=ACTOR, at=at) as change:
            change.details["day"] = str(day)
    day = day_loaded() or day
    done = [_load_dates(day), _load_notices(at), _load_requests(day, at, terms), _confirm_holidays(day, at)]
    return any(done)


def _confirm_holidays(day: date, at: datetime) -> bool:
    """Confirm this year’s alone: those of the next are still to be confirmed, as they are most of the year."""
    if hours_records.holidays(session()).is_confirmed(day.year):
        return False
    with recorded_change("contacts", action="contact.holidays", actor=ACTOR, at=at) as change:
        hours.confirm_holidays(change, day.year, holidays(day.year), at)
    return True


def _load_dates(day: date) -> bool:
    found = list(content.editions(day))
    with recorded_change("dates", action="dates.rows", actor=ACTOR, at=_published_at(found[0])) as change:
        is_new = bool(rows.keep_rows(change, rows_files.read_rows(content.rows())))
    if not is_new and editions.count(session()):
        return False
    with recorded_change("dates", action="dates.publish", actor=ACTOR, at=_published_at(found[-1])) as change:
        for edition in found:
            _publish(change, edition)
    return True


def _published_at(edition: content.DemoEdition) -> datetime:
    return instant(edition.as_of, MISTAKEN_AT if edition.is_mistake else PUBLISHED_AT)


def _publish(change: Change, edition: content.DemoEdition) -> None:
    at, proposals = _published_at(edition), editions_files.read_dates(edition.file)
    why = NO_TEXT if edition.is_mistake else edition.why
    signed = editions.Signature(at, REASON, why, is_confirmed=True)
    editions.publish(change, proposals, edition.as_of, signed)
    if edition.is_mistake:
        number = int(str(change.details["edition"]))
        editions.undo(change, number, editions.Signature(at + UNTIL_UNDONE, REASON, edition.why))


def _load_notices(at: datetime) -> bool:
    with recorded_change("notices", action="notices.publish", actor=ACTOR, at=at) as change:
        if notices.standing(session()):
            return False
        for file in content.notices():
            draft = notices_files.read_notice(file)
            keeping.keep(change, draft, draft.published_at or at)
        for later in content.later_notices():
            keeping.keep(change, notices_files.read_notice(later.file), later.at, later.note)
        key, withdrawn_at, why = content.WITHDRAWN
        keeping.withdraw(change, key, withdrawn_at, REASON, why)
    return True


def _load_requests(day: date, at: datetime, terms: Terms) -> bool:
    try:
        return bool(import_file(content.requests_file(day), terms, at, ACTOR).added)
    except AlreadyImported:
        return False
