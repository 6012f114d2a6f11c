"""Staff change the hours by command: weeks, special days, holidays; the site follows, and what cannot be is refused."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import time_machine

from tests.makers import Office, an_office, in_quebec
from tests.visitor import visit

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
WEEK = "Mo-Fr 08:00-12:00"
WHY = ("--why-fr", "tempête de l'année", "--why-en", "storm")


def schedule(office: Office, key: str = "phone") -> dict:
    """Return what the interface says of a schedule, to a worker that has nothing in memory."""
    found = office.another_worker().get("/api/v1/contact").get_json()["schedules"]
    return next(one for one in found if one["key"] == key)


def weeks(office: Office) -> list[tuple[str | None, str | None, int]]:
    """Return the first and last day of each week told, and how many intervals it has."""
    return [(week["first_day"], week["last_day"], len(week["week"])) for week in schedule(office)["weeks"]]


def special(office: Office) -> list[tuple[str, list[str], str]]:
    """Return the days told with other hours: their hours, and why."""
    return [
        (day["day"], [f"{hours['opens']}-{hours['closes']}" for hours in day["hours"]], day["reason"]["en"])
        for day in schedule(office)["special_days"]
    ]


def refused(office: Office, *command: str) -> str:
    """Give a command that must be refused, keep nothing, and return what was said."""
    before = office.did("audit")
    result = office.portal("contact", *command)
    assert result.exit_code in (1, 2), result.output
    assert office.did("audit") == before
    return result.stderr


def test_a_change_of_hours_is_announced_and_comes_by_itself(office: Office, clock: time_machine.Traveller) -> None:
    said = office.did("contact", "hours", WEEK, "--from", "2027-01-04")
    assert "* … – 2027-01-03           Mo-Tu, Th-Fr 08:30-12:00" in said
    assert "  2027-01-04 – …           Mo-Fr 08:00-12:00" in said
    assert weeks(office) == [(None, "2027-01-03", 10), ("2027-01-04", None, 5)]
    clock.move_to(in_quebec("2027-01-04 08:00"))
    assert weeks(office) == [("2027-01-04", None, 5)]
    assert schedule(office)["open_now"]


def test_hours_for_a_while_end_with_those_before(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    assert weeks(office) == [(None, "2027-06-20", 10), ("2027-06-21", "2027-08-27", 5), ("2027-08-28", None, 10)]
    clock.move_to(in_quebec("2027-07-05 09:00"))
    assert weeks(office) == [("2027-06-21", "2027-08-27", 5), ("2027-08-28", None, 10)]


def test_the_same_hours_again_change_nothing(office: Office) -> None:
    command = ("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    office.did(*command)
    audit = office.did("audit")
    assert office.did(*command).startswith("Nothing changed.\n")
    assert office.did("audit") == audit


def test_a_change_for_good_lasts_beyond_one_for_a_while_that_was_kept_before(office: Office) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--from", "2027-05-03")
    told = [(None, "2027-05-02", 10), ("2027-05-03", "2027-06-20", 7), ("2027-06-21", "2027-08-27", 5)]
    assert weeks(office) == [*told, ("2027-08-28", None, 7)]
    office.did("contact", "hours", "--remove", "--from", "2027-06-21")
    assert weeks(office) == [(None, "2027-05-02", 10), ("2027-05-03", None, 7)]


def test_hours_taken_back_leave_nothing_behind(office: Office) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    office.did("contact", "hours", "--remove", "--from", "2027-06-21")
    assert weeks(office) == [(None, None, 10)]
    assert office.did("contact", "hours").count("\n") == 2


def test_hours_of_today_are_replaced_at_once(office: Office) -> None:
    assert schedule(office)["open_now"]
    office.did("contact", "hours", "Mo-Su closed", "--from", "2026-11-20")
    assert (schedule(office)["open_now"], schedule(office)["next_change"]) == (False, None)
    office.did("contact", "hours", WEEK, "--from", "2026-11-20")
    assert schedule(office)["next_change"] == "2026-11-20T17:00:00+00:00"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("hours", "Mo 16:30-13:00", "--from", "2027-01-04"), "ends before it begins"),
        (("hours", "Mo 8-12, 11-13", "--from", "2027-01-04"), "overlap"),
        (("hours", "Blursday 8-12", "--from", "2027-01-04"), "“blursday” is no day of the week"),
        (("hours", "Mo 25:00-26:00", "--from", "2027-01-04"), "“25:00” is no hour"),
        (("hours", WEEK), "say from which day"),
        (("hours", WEEK, "--from", "2026-11-19"), "2026-11-19 is over"),
        (("hours", "--schedule", "phone"), "give the hours of the week, or --remove"),
        (("hours", WEEK, "--from", "2027-01-04", "--open-on-holidays"), "--open-on-holidays goes with --new"),
        (("hours", WEEK, "--from", "2027-01-04", "--until", "2027-01-03"), "is before the first"),
        (
            ("hours", WEEK, "--from", "2027-06-01", "--until", "2027-07-01"),
            "other hours hold from 2027-06-21 to 2027-08-27",
        ),
        (
            ("hours", WEEK, "--from", "2027-01-04", "--schedule", "nights"),
            "schedule “nights” is unknown; there are phone",
        ),
        (("hours", WEEK, "--from", "4 January"), "is not a date; write it YYYY-MM-DD"),
        (("hours", WEEK, "--from", "9999-12-31", "--until", "9999-12-31"), "is after 2100"),
        (
            ("hours", "--remove", "--from", "2027-01-04"),
            "no hours of “phone” begin on 2027-01-04; hours begin on 2027-06-21",
        ),
        (("hours", "--remove"), "--remove goes with --from"),
        (("hours", "--from", "2027-01-04"), "give the hours of the week, or --remove"),
        (("hours", WEEK, "--remove", "--from", "2027-01-04"), "--remove goes with --from"),
        (("hours", WEEK, "--schedule", "phone", "--new"), "there is a schedule “phone” already"),
        (("hours", WEEK, "--new"), "a new schedule takes a week and its key"),
        (("hours", WEEK, "--schedule", "Été", "--new"), "a key has 2 to 40 lower-case letters"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(office: Office, command: Sequence[str], why: str) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    assert why in refused(office, *command)


def test_a_schedule_without_changes_says_that_it_has_none(office: Office) -> None:
    assert "no change of hours is kept" in refused(office, "hours", "--remove", "--from", "2027-01-04")


def test_a_day_is_closed_and_the_page_says_why_in_both_languages(office: Office) -> None:
    said = office.did("contact", "exception", "2026-11-20", "--closed", *WHY)
    assert said == "2026-11-20  every line: closed (tempête de l’année / storm)\n"
    french, english = (visit(office.another_worker(), path).spoken for path in ("/fr/contact/", "/en/contact/"))
    assert french.startswith("Nous joindre Fermé aujourd’hui : tempête de l’année. Nous ouvrons lundi à 8 h 30.")
    assert english.startswith("Contact Closed today: storm. Opens Monday at 8:30 a.m.")


def test_a_reason_or_a_name_that_ends_with_a_point_ends_with_one(office: Office) -> None:
    why = ("--why-fr", "Tempête.", "--why-en", "Storm.")
    assert office.did("contact", "exception", "2026-11-20", "--closed", *why).endswith("(Tempête / Storm)\n")
    added = ("--confirm", "--add", "2027-12-27", "Noël (reporté).", "Christmas (moved).")
    assert "Noël (reporté) / Christmas (moved)\n" in office.did("contact", "holidays", "2027", *added)


def test_a_day_has_other_hours(office: Office) -> None:
    office.did("contact", "exception", "2026-11-20", "--hours", "8:30-11", *WHY)
    french, english = (visit(office.another_worker(), path).spoken for path in ("/fr/contact/", "/en/contact/"))
    today = "Aujourd’hui, vendredi 20 novembre 2026 : de 8 h 30 à 11 h. Ce ne sont pas les heures habituelles : tempête"
    assert french.startswith(f"Nous joindre Ouvert en ce moment. Nous fermons à 11 h. {today}")
    assert "8:30 a.m. to 11:00 a.m. These are not the usual hours: storm." in english
    assert not visit(office.another_worker(), "/fr/contact/").all("tr[aria-current]")


def test_an_exception_of_a_holiday_comes_before_it(office: Office) -> None:
    office.did("contact", "exception", "2026-12-24", "--hours", "8:30-12", *WHY)
    assert ("2026-12-24", ["08:30-12:00"], "storm") in special(office)


def test_several_days_are_closed_at_once_and_opened_again(office: Office) -> None:
    office.did("contact", "exception", "2026-12-07", "--until", "2026-12-11", "--closed", *WHY)
    assert len([day for day in special(office) if day[2] == "storm"]) == 5
    office.did("contact", "exception", "2026-12-08", "--until", "2026-12-31", "--remove")
    assert [day for day in special(office) if day[2] == "storm"] == [("2026-12-07", [], "storm")]


def test_an_exception_is_changed_and_the_same_again_changes_nothing(office: Office) -> None:
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    office.did("contact", "exception", "2026-12-07", "--hours", "10-11", *WHY)
    assert special(office)[0] == ("2026-12-07", ["10:00-11:00"], "storm")
    said = office.did("contact", "exception", "2026-12-07", "--hours", "10-11", *WHY)
    assert said.startswith("Nothing changed.")


def test_closing_every_line_closes_those_that_had_other_hours_alone(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "nights", "--new")
    office.did("contact", "phone", "elsewhere", "--schedule", "nights")
    office.did("contact", "exception", "2026-11-20", "--hours", "0-24", *WHY, "--schedule", "nights")
    office.did("contact", "exception", "2026-11-20", "--closed", *WHY)
    assert not office.another_worker().get("/api/v1/contact").get_json()["open_now"]


def test_one_schedule_may_be_closed_alone_which_comes_before_all(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "nights", "--new", "--open-on-holidays")
    office.did("contact", "phone", "elsewhere", "--schedule", "nights")
    office.did("contact", "exception", "2026-11-20", "--closed", *WHY)
    office.did("contact", "exception", "2026-11-20", "--hours", "0-24", *WHY, "--schedule", "nights")
    assert (schedule(office)["open_now"], schedule(office, "nights")["open_now"]) == (False, True)
    assert schedule(office, "nights")["special_days"] == []  # its usual hours, whatever the others have
    office.did("contact", "exception", "2026-11-20", "--remove", "--schedule", "nights")
    assert not schedule(office, "nights")["open_now"]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("--closed",), "give the day"),
        (("2026-12-07",), "give one of --closed, --hours and --remove"),
        (("2026-12-07", "--closed", "--hours", "8-9", *WHY), "give one of"),
        (("2026-12-07", "--closed"), "say why in both languages"),
        (("2026-12-07", "--closed", "--why-fr", "tempête"), "say why in both languages"),
        (("2026-12-07", "--closed", "--why-en", "storm", "--why-fr", "  "), "say why in both languages"),
        (("2026-12-07", "--closed", "--why-fr", "a\x07", "--why-en", "b"), "there is a control character"),
        (("2026-12-07", "--hours", "25:00-26:00", *WHY), "“25:00” is no hour"),
        (("2026-12-07", "--hours", "12-8", *WHY), "ends before it begins"),
        (("2026-12-07", "--closed", *WHY, "--schedule", "nights"), "schedule “nights” is unknown"),
        (("2026-12-07", "--hours", "", *WHY), "is not two hours"),
        (("2026-11-19", "--closed", *WHY), "2026-11-19 is over: only today and days to come can change"),
        (("2026-12-07", "--remove", *WHY), "do not go with --remove"),
        (("--schedule", "phone"), "give the day"),
        (("2026-12-07", "--closed", "--why-fr", "x" * 1_001, "--why-en", "b"), "is longer than 1000 characters"),
        (("2026-12-07", "--remove"), "2026-12-07 is no special day of every line"),
        (("2026-12-07", "--until", "2026-12-06", "--closed", *WHY), "is before the first"),
        (("2026-12-07", "--until", "2027-12-06", "--closed", *WHY), "365 days are more than 92"),
        (("24/12/2026", "--closed", *WHY), "is not a date"),
    ],
)
def test_an_exception_that_cannot_be_is_refused_in_words(office: Office, command: Sequence[str], why: str) -> None:
    assert why in refused(office, "exception", *command)


def test_no_exception_to_come_is_said(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    clock.move_to(in_quebec("2026-12-08 09:00"))
    assert office.did("contact", "exception") == "No day to come has other hours, holidays left aside.\n"


def test_the_holidays_of_a_year_are_proposed_confirmed_and_changed(office: Office) -> None:
    proposed = office.did("contact", "holidays", "2027", "--propose").splitlines()
    assert len(proposed) == 14
    assert proposed[1].endswith("Day after New Year’s Day  (a weekend: decide whether another day is given)")
    assert proposed[-1] == "The holidays of 2027 are not confirmed yet: give --confirm."
    changes = ("--remove", "2027-12-26", "--add", "2027-12-27", "Noël (reporté)", "Christmas Day (observed)")
    confirmed = office.did("contact", "holidays", "2027", "--confirm", *changes).splitlines()
    assert "2027-12-27  Monday     Noël (reporté) / Christmas Day (observed)" in confirmed
    assert not [line for line in confirmed if "2027-12-26" in line]
    assert confirmed[-1] == "The holidays of 2027 are confirmed."
    assert office.did("contact", "holidays", "2027").splitlines() == confirmed
    # The proposal stays what the rule says; a second confirmation begins from the first.
    assert "2027-12-26" in office.did("contact", "holidays", "2027", "--propose")
    assert office.did("contact", "holidays", "2027", "--confirm").startswith("Nothing changed.")


def test_the_page_says_which_closures_are_to_be_confirmed(office: Office) -> None:
    assert "veille de Noël), à confirmer" in visit(office, "/fr/contact/").spoken
    office.did("contact", "holidays", "2026", "--confirm", "--remove", "2026-12-31")
    french, english = (visit(office.another_worker(), path).spoken for path in ("/fr/contact/", "/en/contact/"))
    closures = "vendredi 25 décembre 2026 : fermé (Noël) vendredi 1er janvier 2027 : fermé (jour de l’An), à confirmer"
    assert closures in french
    assert "Friday, January 1, 2027: closed (New Year’s Day), to be confirmed" in english


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("2027", "--propose", "--confirm"), "give one"),
        (("2027", "--add", "2027-12-27", "Noël", "Christmas"), "go with --confirm"),
        (("2027", "--confirm", "--add", "2026-12-27", "Noël", "Christmas"), "2026-12-27 is not in 2027"),
        (("2027", "--confirm", "--add", "2027-12-27", "Noël", " "), "give 2027-12-27 its name in both languages"),
        (("2027", "--confirm", "--remove", "2027-12-27"), "2027-12-27 is no holiday of 2027"),
        (("2027", "--confirm", "--add", "2027-12-27", "a\x1b", "b"), "there is a control character"),
        (("2027", "--confirm", "--add", "2027-12-27", "a\udcff", "b"), "there is a control character"),
        (("27",), "27 is not in the range"),
    ],
)
def test_holidays_that_cannot_be_are_refused_in_words(office: Office, command: Sequence[str], why: str) -> None:
    assert why in refused(office, "holidays", *command)


@pytest.mark.parametrize(
    ("now", "confirmed", "missing"),
    [
        ("2026-10-31 23:59", ["2026"], []),
        ("2026-11-01 00:00", ["2026"], ["2027"]),
        ("2026-11-01 00:00", ["2026", "2027"], []),
        ("2026-11-20 10:00", [], ["2026", "2027"]),
    ],
)
def test_the_check_reminds_of_holidays_to_confirm(
    office: Office, clock: time_machine.Traveller, now: str, confirmed: list[str], missing: list[str]
) -> None:
    for year in confirmed:
        office.did("contact", "holidays", year, "--confirm")
    clock.move_to(in_quebec(now))
    result = office.portal("check")
    told = [f"The holidays of {y} are not confirmed; see `portal contact holidays {y} --propose`." for y in missing]
    assert (result.exit_code, result.stderr.splitlines()) == (bool(missing), told)
    assert result.stdout == ("" if missing else "Nothing waits for you.\n")


def test_the_check_tells_of_a_schedule_on_which_nobody_ever_answers(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su closed", "--from", "2026-11-20")
    assert "Nobody ever answers on the schedule “phone”" in office.portal("check").stderr


def test_the_check_tells_of_a_database_without_tables(tmp_path: Path) -> None:
    assert "run `portal init`" in an_office(tmp_path / "bare").portal("check").stderr


def test_each_change_is_one_line_of_the_audit_log(office: Office) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    assert "contact.exception  contacts 3" in office.did("audit").splitlines()[0]
    assert written(office, 2)[1] == {
        "schedule": "phone",
        "first_day": "2027-06-21",
        "week": [None, WEEK],
        "last_day": [None, "2027-08-27"],
    }


def written(office: Office, last: int = 1) -> Sequence[dict]:
    """Return what the audit log holds of the last changes, newest first."""
    lines = office.did("audit", "--whole", "--last", str(last)).splitlines()
    return [json.loads(line[line.index("{") :]) for line in lines]


def test_the_audit_log_keeps_what_a_change_takes_away(office: Office) -> None:
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-27")
    office.did("contact", "hours", WEEK, "--from", "2027-06-21", "--until", "2027-08-20")
    assert written(office)[0]["last_day"] == ["2027-08-27", "2027-08-20"]
    office.did("contact", "hours", "--remove", "--from", "2027-06-21")
    assert written(office)[0]["last_day"] == ["2027-08-20", None]

    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "nights", "--new")
    own = ("2026-12-07", "--hours", "0-20", "--why-fr", "entretien", "--why-en", "maintenance", "--schedule", "nights")
    office.did("contact", "exception", *own)
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    kept = {"2026-12-07": ["00:00-20:00", "entretien", "maintenance"]}
    assert written(office)[0]["replaced"] == {"nights": kept}

    office.did("contact", "exception", *own)
    office.did("contact", "hours", "--remove", "--schedule", "nights")
    weeks = [["", "", "Mo-Su 00:00-24:00"]]
    assert written(office)[0] == {"schedule": "nights", "removed": {"weeks": weeks, "special_days": kept}}
