"""Hours at the desk: a week, special days, the holidays of a year; seen first, kept once, taken back."""

from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.people import Colleague, Desk, but, refused
from tests.store.statements import asked_of_the_database, reads, repeated

NOW = "2026-11-20 10:00"  # a Friday
PAGE, HOURS, DAYS = "/desk/en/contact/", "/desk/en/contact/hours", "/desk/en/contact/exceptions"
HOLIDAYS = "/desk/en/contact/holidays"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WEEK: dict[str, Any] = {
    **{f"week__{day}": "8 h 30 à 12 h, 13-16:30" for day in WEEKDAYS},
    "week__saturday": "fermé",
    "week__sunday": "closed",
    "week__first_day": "2026-12-07",
}
STORM: dict[str, Any] = {
    "special__first_day": "2026-11-23",
    "special__hours": "fermé",
    "special__why_fr": "Tempête.",
    "special__why_en": "Storm",
}
YEAR: dict[str, Any] = {"year": "2027", "2027__day": ["2027-01-01", "2027-06-24"]}


@pytest.fixture
def publisher(clock: Traveller, desk: Desk) -> Colleague:
    person = desk.signed_in("publisher")
    person.get(PAGE)
    return person


def keep(person: Colleague, path: str, *, status: int = 303, **typed: object) -> None:
    """Send a form of the page that is kept now."""
    person.get(PAGE)
    person.fill(path, status=status, **{"expected": person.hidden("expected"), **typed})


def refuses(person: Colleague, path: str, status: int = 422, **typed: object) -> str:
    return refused(person, path, status, **{"expected": person.hidden("expected"), **typed})


def public(person: Colleague, path: str = "/en/contact/") -> str:
    return " ".join(person.office.get(path).text.replace("\xa0", " ").split())


def reads_on(person: Colleague, day: str, hour: str = "10:30", language: str = "en") -> str:
    person.get(f"/desk/{language}/contact/?day={day}&hour={hour}")
    return person.words(".d-shown")


def test_the_page_reads_on_any_day_as_the_public_one_will(publisher: Colleague, clock: Traveller) -> None:
    words = reads_on(publisher, "2027-06-24", "13:00")
    assert words.startswith("Closed today: Québec National Holiday. Opens tomorrow at 8:30 a.m.")
    assert reads_on(publisher, "2027-06-24", "13:00", "fr").startswith("Fermé aujourd’hui : fête nationale du Québec.")
    assert reads_on(publisher, "2026-11-25", "09:59").startswith("Closed now. Opens today at 10:00 a.m.")
    clock.move_to("2026-11-25T09:59:00-05:00")
    assert "Opens today at 10:00 a.m." in public(publisher)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("day=&hour=", "Enter the day as year, month and day"),
        ("day=2027-06-31&hour=10:00", "Enter the day as year, month and day"),
        ("day=2027-06-24&hour=25:00", "Give the hour in 24 hours"),
        ("day=2027-06-24", "Give the hour in 24 hours"),
        ("hour=10:00", "Enter the day as year, month and day"),
    ],
)
def test_a_day_or_an_hour_that_there_is_not_is_refused(publisher: Colleague, query: str, said: str) -> None:
    publisher.get(f"{PAGE}?{query}", status=422)
    assert said in publisher.words(".p-errors")


def test_the_page_reads_each_thing_once(publisher: Colleague) -> None:
    with asked_of_the_database() as asked:
        publisher.get(PAGE)
    assert repeated(asked) == []
    assert len(reads(asked)) == 9, "who asks: 3; the hours and the lines: 6"


def test_a_preview_changes_nothing(publisher: Colleague) -> None:
    before = publisher.office.dump()
    reads_on(publisher, "2027-06-24")
    assert publisher.office.dump() == before


def test_weekly_hours_change_from_a_day_on(publisher: Colleague) -> None:
    keep(publisher, HOURS, **WEEK)
    assert "December 7, 2026" in public(publisher)
    assert "Open now. Closes at noon" in reads_on(publisher, "2026-12-09", "09:00")
    assert "Personne publisher" in publisher.office.did("audit").splitlines()[0]


def test_weekly_hours_are_seen_before_they_are_kept(publisher: Colleague) -> None:
    before = publisher.office.dump()
    publisher.fill(HOURS, act="try", expected=publisher.hidden("expected"), **WEEK)
    assert "Nothing is saved yet." in publisher.words()
    assert "Wednesday 10:00 a.m. to noon and 1:00 p.m. to 4:30 p.m. 8:30 a.m. to noon" in publisher.words("table")
    assert "Open now." in publisher.words(".d-shown")
    assert publisher.hidden("week-first_day") == "2026-12-07", "the form is there, to be kept"
    assert publisher.office.dump() == before


def test_a_change_of_hours_is_taken_back_once_however_often_it_is_pressed(publisher: Colleague) -> None:
    keep(publisher, HOURS, **WEEK)
    publisher.get(PAGE)
    expected = publisher.hidden("expected")
    gone = {"act": "remove", "week__first_day": "2026-12-07", "expected": expected}
    for _click in range(2):
        publisher.fill(HOURS, status=303, **gone)
    assert publisher.office.did("audit").count("contact.hours  ") == 2  # kept, taken back
    assert "December 7, 2026" not in public(publisher)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"week__monday": ""}, "Give the hours, for example 08:30-12:00, or write that it is closed."),
        ({"week__monday": "noon"}, "is not two hours"),
        ({"week__monday": "12-8"}, "ends before it begins"),
        ({"week__monday": "8-25"}, "is no hour"),
        ({"week__monday": "8-12, 11-13"}, "overlap"),
        ({"week__monday": "8-12\x0c"}, "There is a character that no page can show."),
        ({"week__first_day": ""}, "Enter the day as year, month and day"),
        ({"week__first_day": "2026-11-19"}, "only today and days to come can change"),
        ({"week__first_day": "2101-01-01"}, "Enter the day as year, month and day"),
        ({"week__last_day": "2026-12-01"}, "is before the first"),
        ({"week__last_day": "never"}, "Enter the day as year, month and day"),
        ({"week__schedule": "other"}, "Choose whose hours they are."),
    ],
)
def test_hours_that_cannot_be_are_refused(publisher: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refuses(publisher, HOURS, **{**WEEK, **changes})
    assert said in refuses(publisher, HOURS, **but(WEEK, act="try", **changes))


def test_what_was_typed_stays_where_it_was_typed(publisher: Colleague) -> None:
    refuses(publisher, HOURS, **but(WEEK, week__monday="noon"))
    fields = {one["name"]: one.get("value", "") for one in publisher.attributes("input[name]")}
    assert (fields["week-monday"], fields["week-first_day"]) == ("noon", "2026-12-07")
    assert fields["special-first_day"] == "", "the day of one form is not that of another"
    assert publisher.document.query("details[open] #week-monday"), "the form is open where something is wrong in it"
    assert publisher.document.query(".p-errors a[href='#week-monday']")


def test_a_day_is_closed_and_says_why(publisher: Colleague) -> None:
    keep(publisher, DAYS, **STORM)
    assert "Closed today: Storm." in reads_on(publisher, "2026-11-23")
    assert reads_on(publisher, "2026-11-23", language="fr").startswith("Fermé aujourd’hui : Tempête.")
    assert "Storm" in public(publisher)


def test_several_days_have_other_hours(publisher: Colleague) -> None:
    keep(publisher, DAYS, **but(STORM, special__last_day="2026-11-24", special__hours="10-12"))
    assert "10:00 a.m. to noon. These are not the usual hours: Storm." in reads_on(publisher, "2026-11-24")


def test_a_day_has_its_usual_hours_again_once_however_often_it_is_pressed(publisher: Colleague) -> None:
    keep(publisher, DAYS, **STORM)
    publisher.get(PAGE)
    expected = publisher.hidden("expected")
    for _click in range(2):
        publisher.fill(DAYS, status=303, act="remove", special__day="2026-11-23", expected=expected)
    assert publisher.office.did("audit").count("contact.exception  ") == 2
    assert "Storm" not in public(publisher)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"special__first_day": "2026-11-19"}, "only today and days to come can change"),
        ({"special__first_day": ""}, "Enter the day as year, month and day"),
        ({"special__last_day": "2026-11-22"}, "Give 1 to 92 days"),
        ({"special__last_day": "2027-11-22"}, "Give 1 to 92 days"),
        ({"special__last_day": "x"}, "Enter the day as year, month and day"),
        ({"special__hours": ""}, "Give the hours, for example 08:30-12:00, or write that it is closed."),
        ({"special__why_en": " . "}, "Say it in both languages"),
        ({"special__why_fr": ""}, "Say it in both languages"),
        ({"special__why_fr": "x" * 201}, "Shorten this to 200 characters."),
        ({"special__why_fr": "a\u202eb"}, "There is a character that no page can show."),
        ({"special__schedule": "other"}, "Choose whose hours they are."),
    ],
)
def test_a_day_that_cannot_be_is_refused(publisher: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refuses(publisher, DAYS, **{**STORM, **changes})


def test_the_holidays_of_next_year_are_confirmed(publisher: Colleague) -> None:
    assert "Holidays of 2027 Not confirmed yet" in publisher.words()
    added = {"2027__more": "2027-12-27", "2027__why_fr": "Noël (report)", "2027__why_en": "Christmas (moved)"}
    keep(publisher, HOLIDAYS, **YEAR, **added)
    publisher.get(PAGE)
    assert "Holidays of 2027 Confirmed." in publisher.words()
    assert "Closed today: Christmas (moved)." in reads_on(publisher, "2027-12-27")
    assert "Open now." in reads_on(publisher, "2027-07-01", "15:00")


def test_a_holiday_that_was_left_out_can_be_given_back(publisher: Colleague) -> None:
    keep(publisher, HOLIDAYS, **YEAR)
    keep(publisher, HOLIDAYS, year="2027", **{"2027__day": ["2027-01-01", "2027-06-24", "2027-07-01"]})
    assert "Closed today: Canada Day." in reads_on(publisher, "2027-07-01")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"year": "2030"}, "Choose one of these years."),
        ({"year": ""}, "Choose one of these years."),
        ({"2027__more": "2026-12-27"}, "Give a day of 2027."),
        ({"2027__more": "soon"}, "Enter the day as year, month and day"),
        ({"2027__more": "2027-12-27", "2027__why_fr": "Noël"}, "Say it in both languages"),
    ],
)
def test_holidays_that_cannot_be_are_refused(publisher: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refuses(publisher, HOLIDAYS, **{**YEAR, **changes})


def test_the_boxes_stay_as_they_were_checked(publisher: Colleague) -> None:
    refuses(publisher, HOLIDAYS, **YEAR, **{"2027__more": "soon"})
    checked = [one["value"] for one in publisher.attributes("input[name='2027-day'][checked]")]
    assert checked == ["2027-01-01", "2027-06-24"]


def test_who_began_before_another_changed_something_sees_both_and_may_go_on(publisher: Colleague) -> None:
    began = publisher.hidden("expected")
    keep(publisher, DAYS, **STORM)
    other = but(STORM, special__hours="10-12", special__why_en="Ice")
    words = refused(publisher, DAYS, 409, expected=began, **other)
    assert "This page has changed since you opened it: nothing of yours was saved Personne publisher" in words
    assert "Monday, November 23, 2026 closed (Storm) 10:00 a.m. to noon (Ice)" in words
    publisher.fill(DAYS, status=303, expected=publisher.hidden("expected"), **other)
    assert "10:00 a.m. to noon. These are not the usual hours: Ice." in reads_on(publisher, "2026-11-23")


def test_a_double_click_keeps_once(publisher: Colleague) -> None:
    for path, typed in ((DAYS, STORM), (HOURS, WEEK), (HOLIDAYS, YEAR)):
        publisher.get(PAGE)
        began = publisher.hidden("expected")
        for _click in range(2):
            publisher.fill(path, status=303, expected=began, **typed)
    assert publisher.office.did("audit").count("Personne publisher  contact.") == 3


@pytest.mark.parametrize("expected", ["", "x", "-1", "9" * 30, "٣"])
def test_a_form_that_says_not_when_it_was_opened_is_taken_for_an_old_one(publisher: Colleague, expected: str) -> None:
    refused(publisher, DAYS, 409, expected=expected, **STORM)


def test_extra_fields_change_nothing(publisher: Colleague) -> None:
    extra = {
        "actor": "Nobody",
        "special__key": "x",
        "first_day": "2026-12-01",
        "year": "2027",
        "2027__day": "2027-01-01",
    }
    keep(publisher, DAYS, **STORM, **extra)
    audit = publisher.office.did("audit")
    assert "Nobody" not in audit
    assert "2026-12-01" not in audit
    publisher.get(PAGE)
    assert "Holidays of 2027 Not confirmed yet" in publisher.words()


def test_lines_with_hours_of_their_own_are_asked_for(publisher: Colleague) -> None:
    publisher.office.did("contact", "hours", "Mo-Su 0-24", "--schedule", "always", "--new", "--open-on-holidays")
    publisher.office.did("contact", "phone", "elsewhere", "--schedule", "always")
    publisher.get(PAGE)
    assert "Choose whose hours they are." in refuses(publisher, HOURS, **WEEK)
    keep(publisher, HOURS, **WEEK, week__schedule="phone")
    keep(publisher, DAYS, **STORM, special__schedule="phone")
    assert "Closed today: Storm." in reads_on(publisher, "2026-11-23")
    publisher.get(PAGE)
    assert "Monday, November 23, 2026 – Québec City and Montréal closed (Storm)" in publisher.words()


def test_whoever_is_no_publisher_changes_nothing(clock: Traveller, desk: Desk) -> None:
    clerk = desk.signed_in("clerk")
    clerk.get(PAGE, status=403)
    clerk.get("/desk/en/requests/")
    refused(clerk, DAYS, 403, expected="1", **STORM)
