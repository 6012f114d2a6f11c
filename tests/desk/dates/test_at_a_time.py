"""An edition that comes out by itself: scheduled at the desk, seen, changed, cancelled there; told when held back."""

from collections.abc import Mapping
from typing import Any

import pytest
from time_machine import travel

from portal.app import create_app, publish_due
from tests.conftest import DEMO_DAY
from tests.desk.dates.clerks import ASK, CHECK, GIVE_UP, PUBLISH, TABLE, Clerk, spelled
from tests.desk.dates.test_publishing import BACK, log, now
from tests.desk.people import PASSWORD
from tests.makers import Office, in_quebec

HOME = "/desk/en/"
#: Today is a Friday.
TODAY: Mapping[str, Any] = {"day": DEMO_DAY, "hour": "13:30"}
MONDAY: Mapping[str, Any] = {"day": "2026-11-23", "hour": "08:00", "as_of": "2026-11-23"}
FIRST = "/desk/en/dates/scheduled/1"
IN_WORDS = "Type the day and the hour in Québec, for example 2021-07-22 and 13:30."


def schedules(clerk: Clerk, **typed: object) -> str:
    """Type an edition to come, check it and schedule it; return where one finds it."""
    clerk.opens()
    clerk.sends_only(CHECK, status=200, **(clerk.held() | spelled(typed)))
    assert clerk.words("main form .p-button:first-child") == "Schedule"
    return clerk.sends(PUBLISH, status=303, confirmed=clerk.questions()).headers["Location"]


def comes_out(office: Office, at: str) -> None:
    """Do what the site does by itself at an instant."""
    with office.hearing(), travel(in_quebec(at), tick=False):
        app = create_app(office.config)
        publish_due(app, in_quebec(at))


def test_an_edition_comes_out_at_its_time(paul: Clerk) -> None:
    assert schedules(paul, date_access_new="11-13", **TODAY).endswith(FIRST)
    words = paul.opens(FIRST)
    assert "The edition is scheduled (November 20, 2026, 1:30 p.m.)." in words
    assert "It comes out by itself: November 20, 2026, 1:30 p.m. Scheduled by Personne publisher" in words
    assert "New access to the online services October 30, 2026 October 30, 2026 November 13, 2026" in words
    comes_out(paul.office, "2026-11-20 13:29")
    assert now(paul.office, "access-new") == "2026-10-30"
    comes_out(paul.office, "2026-11-20 13:30")
    assert now(paul.office, "access-new") == "2026-11-13"
    assert "Personne publisher" in log(paul.office)[0]
    assert "demandes reçues le 13 novembre 2026" in paul.office.get("/fr/dates/fil.atom").text.replace("\u00a0", " ")


def test_its_address_leads_to_the_edition_once_it_is_out(paul: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    comes_out(paul.office, "2026-11-20 13:30")
    answer = paul.colleague.get(FIRST, status=303)
    assert answer.headers["Location"] == "/desk/en/dates/editions/107"
    assert "Published on November 20, 2026, 1:30 p.m." in paul.opens(answer.headers["Location"])
    for path in (f"{FIRST}/again", f"{FIRST}/cancel"):
        assert paul.sends_only(path, status=303).headers["Location"] == "/desk/en/dates/editions/107"


def test_its_dates_may_hold_on_the_day_on_which_it_comes_out(paul: Clerk) -> None:
    schedules(paul, date_access_new="11-20", **MONDAY)
    comes_out(paul.office, "2026-11-23 08:00")
    rows = {row["row"]: row["as_of"] for row in paul.office.get("/api/v1/dates").get_json()["rows"]}
    assert rows["access-new"] == "2026-11-23"


def test_the_page_before_shows_the_table_as_it_will_be_then(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, status=200, date_access_new="11-20", **MONDAY)
    assert "It will come out by itself: November 23, 2026, 8:00 a.m." in paul.words()
    assert "Received dates of the requests being processed, as of November 23, 2026" in paul.words(".d-shown caption")


def test_notes_alone_can_come_later_too(paul: Clerk) -> None:
    schedules(paul, fr_access_new="En pause.", en_access_new="Paused.", **TODAY)
    assert "Paused." in paul.opens(FIRST)
    comes_out(paul.office, "2026-11-20 13:30")
    assert "En pause." in paul.office.get("/fr/dates/").text
    assert paul.colleague.get(FIRST, status=303).headers["Location"] == TABLE
    assert "This has come out: notes alone, or what the table said already." in paul.opens()


def test_a_day_without_its_year_is_the_last_one_before_it_comes_out(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, status=200, date_access_new="11-23", **MONDAY)
    assert "November 23, 2026" in paul.words(".d-changes")
    assert paul.colleague.send(ASK, {"date-access-new": "11-23", **MONDAY}, status=200).get_json()["told"] == []


def test_a_note_that_a_colleague_changed_meanwhile_is_not_overwritten(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, fr_access_new="En pause.", en_access_new="Paused.", **TODAY)
    anne.publishes(fr_access_new="Deux semaines.", en_access_new="Two weeks.")
    comes_out(paul.office, "2026-11-20 13:30")
    assert "Deux semaines." in paul.office.get("/fr/dates/").text
    assert "The table has changed since it was scheduled." in paul.opens(FIRST)


@pytest.mark.parametrize("number", [2**31, 2**63, 2**80])
def test_a_number_that_no_edition_can_have_leads_nowhere(paul: Clerk, number: int) -> None:
    place = f"/desk/en/dates/scheduled/{number}"
    paul.opens(place, status=404)
    for path in (f"{place}/again", f"{place}/cancel"):
        paul.sends_only(path, status=404)


def test_the_hour_that_comes_twice_is_scheduled_once(paul: Clerk) -> None:
    night = {"day": "2027-11-07", "hour": "01:30"}
    schedules(paul, date_access_new="11-13", as_of=DEMO_DAY, **night)
    before = paul.office.dump()
    paul.sends(PUBLISH, status=303, confirmed=paul.questions())
    assert paul.office.dump() == before


def test_pressed_twice_it_is_scheduled_once(paul: Clerk) -> None:
    schedules(paul, date_access_new="11-13", meaning_access_new="received_up_to", **TODAY)
    before = paul.office.dump()
    answer = paul.sends(PUBLISH, status=303, confirmed=paul.questions())
    assert answer.headers["Location"].endswith(FIRST)
    assert paul.office.dump() == before


def test_what_is_scheduled_is_a_draft_no_more(paul: Clerk) -> None:
    paul.opens()
    paul.sends("/desk/en/dates/draft", status=200, date_access_new="11-13", **TODAY)
    assert "What you typed, as you left it" in paul.opens()
    schedules(paul)
    assert "What you typed, as you left it" not in paul.opens()
    paul.sends("/desk/en/dates/draft", status=200, date_access_new="11-13", **TODAY)
    schedules(paul)
    assert "What you typed, as you left it" not in paul.opens(), "the same sent twice"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"day": DEMO_DAY}, "Give the day and the hour, or leave both empty."),
        ({"hour": "13:30"}, "Give the day and the hour, or leave both empty."),
        ({"day": "demain", "hour": "13:30"}, IN_WORDS),
        ({"day": "2026-11-31", "hour": "13:30"}, "Type the day on which it comes out, for example 2021-07-22."),
        ({"day": DEMO_DAY, "hour": "25:00"}, IN_WORDS),
        ({"day": DEMO_DAY, "hour": "midi"}, IN_WORDS),
        ({"day": DEMO_DAY, "hour": "09:30"}, "This moment is over: choose a later one"),
        ({"day": "2062-11-20", "hour": "13:30"}, "This is more than a year ahead: check the year."),
        (
            {"day": "2027-03-14", "hour": "02:30"},
            "On March 14, 2027 no clock in Québec shows 2:30 a.m.: it goes forward then.",
        ),
        ({**TODAY, "as_of": "2026-11-21"}, "These dates cannot hold on a day after they come out."),
    ],
)
@pytest.mark.parametrize("path", [CHECK, PUBLISH])
def test_a_time_that_makes_no_sense_is_told_and_nothing_is_lost(
    paul: Clerk, path: str, typed: Mapping[str, Any], told: str
) -> None:
    paul.opens()
    assert told in paul.is_refused(path, date_access_new="11-13", **typed)
    fields = {field["name"]: field.get("value") for field in (one.attrs for one in paul.all("main input"))}
    assert fields["date-access-new"] == "11-13"
    assert {name: fields[name] for name in typed} == typed


@pytest.mark.parametrize("hour", ["13:30", "13 h 30", "13h30"])
def test_the_hour_is_read_as_people_write_it(paul: Clerk, hour: str) -> None:
    schedules(paul, date_access_new="11-13", day=DEMO_DAY, hour=hour)
    assert "November 20, 2026, 1:30 p.m." in paul.opens(FIRST)


def test_a_second_edition_to_come_of_the_same_row_is_refused(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    anne.opens()
    told = anne.is_refused(CHECK, date_access_new="11-16", **MONDAY)
    assert "An edition to come speaks of this row already (November 20, 2026, 1:30 p.m.): change that one." in told
    assert schedules(anne, date_b2b_new="10-16", **MONDAY).endswith("/2")


def test_whoever_publishes_a_row_at_once_is_told_of_the_edition_to_come(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    anne.opens()
    anne.sends(CHECK, status=200, date_access_new="11-12")
    assert "An edition to come speaks of these rows too." in anne.words()
    anne.sends(CHECK, status=200, date_access_new="", date_b2b_new="10-16")
    assert "An edition to come speaks of these rows too." not in anne.words()


def test_what_is_held_back_is_told_on_the_first_page_and_taken_up_again(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    anne.publishes(date_access_new="11-12")
    comes_out(paul.office, "2026-11-20 13:30")
    assert now(paul.office, "access-new") == "2026-11-12"
    assert "Dates that did not come out: November 20, 2026, 1:30 p.m." in anne.opens(HOME)
    words = anne.opens(FIRST)
    assert "It did not come out: November 20, 2026, 1:30 p.m." in words
    assert "The table has changed since it was scheduled." in words
    with travel(in_quebec("2026-11-20 13:40")):
        anne.colleague.sign_in()
        anne.opens(FIRST)
        assert "October 30, 2026 November 12, 2026 November 13, 2026" in anne.words(), "then, now, planned"
        anne.sends_only(f"{FIRST}/again", status=303)
        assert "These dates will not come out by themselves any more" in anne.opens()
        assert "The table has changed since you began" in anne.words()
        held = anne.held()
        assert (held["date-access-new"], held["as_of"], held["day"]) == ("2026-11-13", "2026-11-20", "")
        assert "Dates that did not come out" not in anne.opens(HOME)


def test_what_is_to_come_is_changed(paul: Clerk) -> None:
    why = {"reason": "Semaine", "why_fr": "Pourquoi.", "why_en": "Why."}
    row = {"date_access_new": "11-13", "meaning_access_new": "received_up_to", "next_access_new": "12-20"}
    schedules(paul, **row, **why, **TODAY, fr_b2b_new="Note.", en_b2b_new="A note.")
    paul.opens(FIRST)
    paul.sends_only(f"{FIRST}/again", status=303)
    paul.opens()
    assert len(paul.all("details.d-more[open]")) == 2, "the row with more than a date, and the one with a note"
    held = paul.held()
    assert {name: held[name] for name in ("date-access-new", "next-access-new", "day", "hour", "reason", "why_en")} == {
        "date-access-new": "2026-11-13",
        "next-access-new": "2026-12-20",
        **TODAY,
        "reason": "Semaine",
        "why_en": "Why.",
    }
    assert held["en-b2b-new"] == "A note."
    paul.sends(CHECK, status=200, meaning_access_new="received_up_to", hour="14:00")
    paul.sends(PUBLISH, status=303)
    assert "November 20, 2026, 2:00 p.m." in paul.opens("/desk/en/dates/scheduled/2")
    assert paul.colleague.get(FIRST, status=303).headers["Location"] == TABLE
    assert "Personne publisher took these dates up again, to change them (November 20, 2026" in paul.opens()


def test_a_row_that_stays_the_same_is_taken_up_as_such(paul: Clerk) -> None:
    schedules(paul, same_access_removal="yes", date_access_new="11-13", **TODAY)
    paul.sends_only(f"{FIRST}/again", status=303)
    paul.opens()
    assert paul.held()["same-access-removal"] == "yes"
    assert not paul.all("details.d-more[open]"), "nothing more than a date was said of the others"


def test_a_held_edition_names_what_nobody_answered(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", as_of="2026-11-19", **TODAY)
    anne.publishes(date_b2b_new="10-16")
    comes_out(paul.office, "2026-11-20 13:30")
    words = paul.opens(FIRST)
    assert "A confirmation was missing at its time." in words
    assert "The as-of day November 19, 2026 is before that of the last edition, November 20, 2026" in words


def test_taking_up_loses_nothing_that_one_has_begun_to_type(paul: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    paul.opens()
    paul.sends("/desk/en/dates/draft", status=200, date_b2b_new="10-16")
    assert "You have begun to type other dates" in paul.is_refused(f"{FIRST}/again", status=409)
    paul.sends_only(GIVE_UP, status=303)
    paul.sends_only(f"{FIRST}/again", status=303)


def test_what_is_cancelled_does_not_come_out(paul: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    paul.opens(FIRST)
    assert "Say why, for the audit log." in paul.is_refused(f"{FIRST}/cancel")
    assert paul.all(".p-errors a[href='#reason']")
    assert paul.all("#reason[aria-invalid='true']")
    paul.sends_only(f"{FIRST}/cancel", status=303, reason="The week was counted twice")
    assert "These dates will not come out." in paul.opens(TABLE)
    comes_out(paul.office, "2026-11-20 13:30")
    assert now(paul.office, "access-new") == "2026-10-30"
    assert "The week was counted twice" in paul.office.did("audit", "--whole")


def test_whoever_comes_after_it_was_cancelled_is_told_by_whom(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    anne.opens(FIRST)
    anne.sends_only(f"{FIRST}/cancel", status=303, reason="The week was counted twice")
    for path in (f"{FIRST}/again", f"{FIRST}/cancel"):
        assert paul.sends_only(path, status=303).headers["Location"] == TABLE
        words = paul.opens()
        assert "Personne administrator cancelled this publication (November 20, 2026" in words
        assert "The week was counted twice" in words
    assert paul.colleague.get(FIRST, status=303).headers["Location"] == TABLE


def test_the_first_page_leads_to_what_is_to_come(paul: Clerk, eve: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    assert "November 20, 2026, 1:30 p.m.: 1 row of the table (Personne publisher)" in eve.opens(HOME)
    assert eve.all(f"main a[href='{FIRST}']")
    assert "20 novembre 2026, 13 h 30 : 1 ligne du tableau (Personne publisher)" in eve.opens("/desk/fr/")
    eve.opens("/desk/fr/dates/a-venir/1")
    assert not eve.all("main form"), "an editor sees it, and changes nothing"


def test_a_date_that_goes_back_later_asks_the_same_as_now(paul: Clerk) -> None:
    typed: dict[str, Any] = dict(TODAY, date_access_new="10-23")
    paul.opens()
    paul.sends(CHECK, status=200, **typed)
    assert paul.questions() == [BACK]
    assert "Answer every question" in paul.is_refused(PUBLISH, **typed)
    assert "say why" in paul.is_refused(PUBLISH, **typed, confirmed=BACK)
    assert "give your password" in paul.is_refused(PUBLISH, **typed, confirmed=BACK, reason="Mistyped")
    paul.sends(PUBLISH, status=303, **typed, confirmed=BACK, reason="Mistyped", password=PASSWORD)
    comes_out(paul.office, "2026-11-20 13:30")
    assert now(paul.office, "access-new") == "2026-10-23"


def test_what_the_table_says_already_is_not_scheduled(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    paul.opens()
    paul.sends(PUBLISH, status=303, date_access_new="11-13", as_of=DEMO_DAY, **TODAY)
    assert "Nothing to publish: the table says this already." in paul.opens()


def test_whoever_began_before_the_last_change_is_shown_both_texts(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    typed: Mapping[str, Any] = {"date_access_new": "11-13", **TODAY}
    anne.publishes(date_access_new="11-12")
    assert "The table has changed since you began" in paul.is_refused(PUBLISH, status=409, **typed)


def test_the_audit_log_tells_who_scheduled_who_gave_up_and_what_was_held_back(paul: Clerk, anne: Clerk) -> None:
    schedules(paul, date_access_new="11-13", **TODAY)
    schedules(paul, date_b2b_new="10-16", **TODAY)
    anne.opens("/desk/en/dates/scheduled/2")
    anne.sends_only("/desk/en/dates/scheduled/2/cancel", status=303, reason="Twice")
    anne.publishes(date_access_new="11-12")
    comes_out(paul.office, "2026-11-20 13:30")
    told = [line for line in paul.office.did("audit").splitlines() if "dates." in line]
    assert "the site" in told[0]
    assert "dates.hold" in told[0]
    assert "dates.unschedule" in told[2]
    assert "Personne administrator" in told[2]
    assert "dates.schedule" in told[3]
    assert "Personne publisher" in told[3]
