"""The database refuses what must not be kept, on SQLite and on PostgreSQL alike."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from portal.contacts.records import PhoneRow
from portal.core.chain import START
from portal.delivery.records import RuleRow
from portal.editions.records import EditionRow, EntryRow
from portal.hours.records import (
    HolidayRow,
    IntervalRow,
    ScheduleRow,
    SpecialDayRow,
    SpecialIntervalRow,
    WeekRow,
)
from portal.notices.records import NoticeAudienceRow, NoticeRevisionRow, NoticeRow, NoticeTouchRow
from portal.rows.records import CoveredFormRow, DateRow, GroupRow
from portal.status.records import RequestRow
from portal.store.changes import ChangeRow, HeadRow, recorded_change
from portal.store.database import Model, database, session

AT = datetime(2026, 11, 20, 14, tzinfo=UTC)
DAY = date(2026, 11, 20)


def keep(*rows: Model) -> None:
    """Keep rows, one after the other, in one change."""
    with recorded_change("site", action="test", actor="a test", at=AT) as change:
        for row in rows:
            change.session.add(row)
            change.session.flush()
        change.details["rows"] = len(rows)


def a_group(**changes: object) -> GroupRow:
    return GroupRow(**{"key": "online", "position": 0, "label_fr": "Services", "label_en": "Services", **changes})


def a_row(**changes: object) -> DateRow:
    texts = {"label_fr": "Accès", "label_en": "Access", "note_fr": "", "note_en": "", "notice_key": ""}
    days = {"update_every_days": 7, "tolerance_days": 3, "grace_days": 10, "jump_days": 30}
    days |= {"issues_credentials": True, "has_forecast": True}
    return DateRow(**{"key": "new", "group_key": "online", "position": 0, **texts, **days, **changes})


def an_edition() -> EditionRow:
    return EditionRow(id=1, as_of=DAY, published_at=AT, actor="a test", reason="a test", why_fr="", why_en="")


def an_entry(**changes: object) -> EntryRow:
    said = {"as_of": DAY, "meaning": "received_on", "received_on": DAY, "is_change": True}
    return EntryRow(**{"edition_id": 1, "row_key": "new", **said, **changes})


def a_rule(**changes: object) -> RuleRow:
    channels = {"password": "email_to_user", "user_name": "email_to_authoriser", "notice": ""}
    return RuleRow(**{"key": "a-rule", "position": 9, **channels, **changes})


def an_interval(**changes: object) -> IntervalRow:
    return IntervalRow(**{"week_id": 1, "weekday": 7, "opens": 510, "closes": 720, **changes})


def a_special_day(**changes: object) -> SpecialDayRow:
    return SpecialDayRow(**{"id": 1, "day": DAY, "why_fr": "a", "why_en": "a", **changes})


def a_phone(**changes: object) -> PhoneRow:
    given = {"key": "quebec", "position": 9, "region_fr": "a", "region_en": "a", "number": "811"}
    return PhoneRow(**{**given, "schedule_key": "phone", **changes})


def a_request(**changes: object) -> RequestRow:
    days = {"received_on": DAY, "changed_on": DAY}
    return RequestRow(**{"id": 1, "form_number": "", "stage": "received", **days, **changes})


def a_notice(**changes: object) -> NoticeRow:
    texts = {f"{name}_{language}": "a" for name in ("title", "promise") for language in ("fr", "en")}
    given = {"id": 1, "key": "a", "revision": 1, "published_at": AT, "updated_at": AT, **texts, **changes}
    return NoticeRow(withdrawn_why_fr="", withdrawn_why_en="", **given)


def a_text(**changes: object) -> NoticeRevisionRow:
    names = ("title", "body", "html", "note", "promise")
    texts = {f"{name}_{language}": "a" for name in names for language in ("fr", "en")}
    facts = {"audiences": ("professionals",), "forms": ("4058",), "rows": (), "keeps": ""}
    return NoticeRevisionRow(**{"notice_id": 1, "number": 1, "at": AT, "weight": "major", **texts, **facts, **changes})


def a_change(**changes: object) -> ChangeRow:
    said = {"at": AT, "actor": "a", "subject": "dates", "revision": 1, "action": "a", "details": {}}
    return ChangeRow(**{"id": 99, **said, "follows": START, "hash": START, **changes})


GROUP_AND_ROW = (a_group, a_row)

RIGHT = {
    "a row with its date": lambda: (a_group(), a_row(meaning="received_on", received_on=DAY, as_of=DAY)),
    "a row that was never published": lambda: (a_group(), a_row()),
    "an entry of an earlier as-of day than its edition": lambda: (
        a_group(),
        a_row(),
        an_edition(),
        an_entry(as_of=date(2026, 11, 1)),
    ),
    "a suspended row": lambda: (a_group(), a_row(meaning="suspended", as_of=DAY)),
    "an entry": lambda: (a_group(), a_row(), an_edition(), an_entry()),
    "a rule with two mailboxes": lambda: (a_rule(),),
    "a rule with both by registered mail": lambda: (a_rule(password="registered_mail", user_name="registered_mail"),),  # noqa: S106  # a channel, not a password
    "an interval": lambda: (an_interval(),),
    "an interval of a whole day": lambda: (an_interval(opens=0, closes=1440),),
    "a special day of all lines, and of those of one schedule": lambda: (
        a_special_day(),
        a_special_day(id=2, schedule_key="phone"),
        SpecialIntervalRow(special_day_id=2, opens=510, closes=720),
    ),
    "a request": lambda: (a_request(),),
    "a line of the audit log": lambda: (a_change(),),
    "a notice": lambda: (a_notice(), NoticeAudienceRow(notice_id=1, audience="developers", position=0)),
    "a draft": lambda: (a_notice(published_at=None),),
    "a text": lambda: (a_notice(), a_text()),
    "a text in French only": lambda: (a_notice(title_en=""), a_text(title_en="", body_en="", html_en="")),
    "a notice that keeps the promise of another": lambda: (a_notice(), a_notice(id=2, key="b", keeps_id=1)),
}
WRONG = {
    "a date on a suspended row": lambda: (a_group(), a_row(meaning="suspended", received_on=DAY, as_of=DAY)),
    "no date on a published row": lambda: (a_group(), a_row(meaning="received_on", as_of=DAY)),
    "an unknown meaning": lambda: (a_group(), a_row(meaning="soon", as_of=DAY, received_on=DAY)),
    "a negative tolerance": lambda: (a_group(), a_row(tolerance_days=-1)),
    "a row merged into itself": lambda: (a_group(), a_row(merged_into="new")),
    "a row merged into none": lambda: (a_group(), a_row(merged_into="nowhere")),
    "a row of no group": lambda: (a_row(),),
    "a row without a label": lambda: (a_group(), a_row(label_fr=None)),
    "the same row twice": lambda: (a_group(), a_row(), a_group(key="other"), a_row(group_key="other")),
    "a form on two rows": lambda: (
        a_group(),
        a_row(),
        a_row(key="b2b"),
        CoveredFormRow(form_number="4058", row_key="new"),
        CoveredFormRow(form_number="4058", row_key="b2b"),
    ),
    "an entry with a date where it is suspended": lambda: (
        a_group(),
        a_row(),
        an_edition(),
        an_entry(meaning="suspended"),
    ),
    "an entry without its as-of day": lambda: (a_group(), a_row(), an_edition(), an_entry(as_of=None)),
    "an entry of no edition": lambda: (a_group(), a_row(), an_entry()),
    "both credentials to one mailbox": lambda: (a_rule(user_name="email_to_user"),),
    "a rule that ends before it begins": lambda: (a_rule(first_day=DAY, last_day=date(2026, 11, 19)),),
    "an interval that ends before it begins": lambda: (an_interval(closes=480),),
    "an interval without length": lambda: (an_interval(closes=510),),
    "an interval that ends the next day": lambda: (an_interval(closes=1441),),
    "an interval of no week": lambda: (an_interval(week_id=9),),
    "a week of no schedule": lambda: (WeekRow(schedule_key="nights", first_day=DAY),),
    "two weeks from one day on": lambda: (
        WeekRow(schedule_key="phone", first_day=DAY),
        WeekRow(schedule_key="phone", first_day=DAY),
    ),
    "the same schedule twice": lambda: (ScheduleRow(key="phone", observes_holidays=True),),
    "a special day without its reason in English": lambda: (a_special_day(why_en=""),),
    "a special day of all lines twice": lambda: (a_special_day(), a_special_day(id=2)),
    "a special day of one schedule twice": lambda: (
        a_special_day(schedule_key="phone"),
        a_special_day(id=2, schedule_key="phone"),
    ),
    "hours of a special day that end before they begin": lambda: (
        a_special_day(),
        SpecialIntervalRow(special_day_id=1, opens=720, closes=510),
    ),
    "a holiday of a year that nobody confirmed": lambda: (HolidayRow(day=DAY, year=2026, name_fr="a", name_en="a"),),
    "a line of no schedule": lambda: (a_phone(key="gaspe", schedule_key="nights"),),
    "an eighth day of the week": lambda: (an_interval(weekday=8),),
    "the same line twice": lambda: (a_phone(),),
    "a request at an unknown stage": lambda: (a_request(stage="lost"),),
    "a request that changed before it came": lambda: (a_request(changed_on=date(2026, 11, 19)),),
    "the same request twice": lambda: (a_request(), a_request(form_number="4058")),
    "a notice without French": lambda: (a_notice(title_fr=""),),
    "a text without French": lambda: (a_notice(), a_text(body_fr="")),
    "a text with an English title and no English body": lambda: (a_notice(), a_text(body_en="")),
    "a text of an unknown weight": lambda: (a_notice(), a_text(weight="heavy")),
    "a major change without a note": lambda: (a_notice(), a_text(note_fr="")),
    "a correction with a note": lambda: (a_notice(), a_text(weight="minor")),
    "a text of no notice": lambda: (a_text(),),
    "a notice that keeps its own promise": lambda: (a_notice(keeps_id=1),),
    "a form of no kind": lambda: (a_notice(), NoticeTouchRow(notice_id=1, kind="page", key="4058", is_stated=True)),
    "two notices of one key": lambda: (a_notice(), a_notice(id=2)),
    "an audience of no notice": lambda: (NoticeAudienceRow(notice_id=9, audience="developers", position=0),),
    "a line of the audit log of an unknown subject": lambda: (a_change(subject="weather"),),
    "two lines of the audit log of one number": lambda: (a_change(), a_change()),
    "a second end of the audit log": lambda: (HeadRow(id=2, number=1, hash=START),),
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_is_right_is_kept(app: Flask, what: str) -> None:
    with app.app_context():
        keep(*RIGHT[what]())


@pytest.mark.filterwarnings("ignore:New instance:sqlalchemy.exc.SAWarning")  # the second of the same key, on purpose
@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_cannot_be_kept(app: Flask, what: str) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        keep(*WRONG[what]())


def test_an_instant_without_a_time_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(StatementError, match="without a time zone"):
        keep(a_notice(published_at=datetime(2026, 11, 20, 9)))  # noqa: DTZ001  # naive on purpose


def test_an_instant_comes_back_aware_and_the_same(app: Flask) -> None:
    in_quebec = datetime(2026, 7, 1, 9, 30, 15, 250_000, tzinfo=ZoneInfo("America/Toronto"))
    with app.app_context():
        keep(a_notice(published_at=in_quebec))
        session().expire_all()
        kept = session().scalars(select(NoticeRow.published_at)).one()
        assert kept is not None
        assert kept.tzinfo is not None
        assert kept == in_quebec
        assert list(session().scalars(select(NoticeRow.id).where(NoticeRow.published_at == in_quebec))) == [1]


def test_every_connection_to_sqlite_is_set_up(office_app: Flask) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 2000}
    with office_app.app_context(), database.engine.connect() as one, database.engine.connect() as two:
        for connection in (one, two):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
            assert found == wanted


def test_a_reader_sees_one_state_while_a_writer_commits(office_app: Flask) -> None:
    with office_app.app_context(), database.engine.connect() as reader:
        before = reader.execute(text("SELECT number FROM revisions WHERE subject = 'site'")).scalar()
        keep(a_group())
        assert reader.execute(text("SELECT number FROM revisions WHERE subject = 'site'")).scalar() == before
        assert reader.execute(text("SELECT count(*) FROM date_groups")).scalar() == 0
