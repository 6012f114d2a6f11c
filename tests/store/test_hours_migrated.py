"""Hours of the first releases become a schedule that every line has, and go down again; what is new is kept on both."""

import pytest
from sqlalchemy import text

from portal.store.database import database
from portal.store.migrate import alembic_of, downgrade, upgrade
from tests.makers import Office
from tests.store.test_migrations import found, opened

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
BEFORE = "0005"
OLD = "SELECT weekday, opens, closes FROM opening_intervals ORDER BY 1, 2"
WHY = ("--why-fr", "tempête", "--why-en", "storm")
USUAL = "Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30"


def hours(office: Office) -> str:
    return office.another_worker().did("contact", "hours")


def test_hours_of_the_first_releases_are_those_of_every_line(any_office: Office) -> None:
    with opened(any_office) as app:
        downgrade(app, BEFORE)
        kept = [(day, str(opens)[:5], str(closes)[:5]) for day, opens, closes in found(OLD)]
        assert len(kept) == 10
        assert kept[0] == (1, "08:30", "12:00")
        with database.engine.begin() as connection:
            connection.execute(
                text("UPDATE opening_intervals SET opens = '09:15:00' WHERE weekday = 5 AND closes < '13:00'")
            )
        upgrade(app)
        assert alembic_of(app).compare_metadata() == []
        assert found("SELECT DISTINCT schedule_key FROM phones") == [("phone",)]
    thursday = "Mo-Tu, Th 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30"
    assert f"{thursday}; Fr 09:15-12:00, 13:00-16:30" in hours(any_office)
    # A week more finds its place beside the one that came up.
    any_office.did("contact", "hours", "Mo 8-9", "--from", "2027-01-04")
    assert "2027-01-04 – …" in hours(any_office)


def test_a_database_without_lines_comes_up_without_hours(any_office: Office) -> None:
    with opened(any_office) as app:
        downgrade(app, BEFORE)
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM phones"))
            connection.execute(text("DELETE FROM opening_intervals"))
        upgrade(app)
        assert found("SELECT * FROM schedules") == []
    any_office.did("init")
    assert USUAL in hours(any_office)


def test_down_go_the_hours_that_hold_today(any_office: Office) -> None:
    any_office.did("contact", "hours", "Mo 20:00-24:00", "--from", "2026-11-20", "--until", "2099-12-31")
    any_office.did("contact", "phone", "elsewhere", "1 888 330-3023 poste 1234567")
    any_office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    any_office.did("contact", "holidays", "2026", "--confirm")
    with opened(any_office) as app:
        downgrade(app, BEFORE)
        assert [(day, str(opens)[:5], str(closes)[:5]) for day, opens, closes in found(OLD)] == [(1, "20:00", "23:59")]
        assert found("SELECT number FROM phones WHERE key = 'elsewhere'") == [("+18883303023",)]
        upgrade(app)
    assert "Mo 20:00-23:59" in hours(any_office)


def test_every_change_of_hours_is_kept_on_both_databases(any_office: Office) -> None:
    any_office.did("contact", "hours", "Mo-Fr 8-12", "--from", "2027-06-21", "--until", "2027-08-27")
    any_office.did("contact", "hours", "Mo-Su 0-24", "--schedule", "always", "--new", "--open-on-holidays")
    any_office.did("contact", "phone", "elsewhere", "811", "--schedule", "always")
    for hours_of_day in ("--closed", "--hours=10-11"):
        any_office.did("contact", "exception", "2026-12-07", hours_of_day, *WHY)
        any_office.did("contact", "exception", "2026-12-07", hours_of_day, *WHY, "--schedule", "always")
    any_office.did("contact", "holidays", "2026", "--confirm", "--remove", "2026-12-31")
    document = any_office.another_worker().get("/api/v1/contact").get_json()
    usual, always = document["schedules"]
    assert [week["first_day"] for week in usual["weeks"]] == [None, "2027-06-21", "2027-08-28"]
    hours_told = [{"opens": "10:00", "closes": "11:00"}]
    for schedule in (usual, always):
        (day,) = [day for day in schedule["special_days"] if day["day"] == "2026-12-07"]
        assert day["hours"] == hours_told
    assert "2026-12-31" not in [day["day"] for day in usual["special_days"]]
    assert [phone["number"] for phone in document["phones"]][-1] == "811"
    any_office.did("contact", "exception", "2026-12-07", "--remove")
    any_office.did("contact", "hours", "--remove", "--from", "2027-06-21", "--schedule", "phone")
    assert "phone\n* … – …" in hours(any_office)
