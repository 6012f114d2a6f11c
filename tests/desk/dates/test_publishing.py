"""Publishing what was checked: every question answered, a password for a date that goes back, once, or nothing."""

from typing import Any

import pytest

from tests.desk.dates.clerks import CHECK, GIVE_UP, PUBLISH, TABLE, Clerk
from tests.desk.people import PASSWORD
from tests.makers import Office

BACK = "access-new: the date goes back, from 2026-10-30 to 2026-10-23"

#: Almost.
WRONG = PASSWORD[:-1]


def log(office: Office) -> list[str]:
    """Return the lines of the audit log, as `portal` says them."""
    return [line for line in office.did("audit").splitlines() if "dates." in line]


def now(office: Office, key: str) -> str:
    """Return what the public table says of a row."""
    rows = office.get("/api/v1/dates").get_json()["rows"]
    return next(str(row["received_on"] or row["meaning"]) for row in rows if row["row"] == key)


def test_three_dates_are_published_together_and_the_log_says_by_whom(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13", date_access_change="11-16", date_b2b_new="10-16")
    assert "Edition 107 is published." in paul.opens("/desk/en/dates/editions/107")
    assert [now(paul.office, key) for key in ("access-new", "access-change", "b2b-new")] == [
        "2026-11-13",
        "2026-11-16",
        "2026-10-16",
    ]
    line = log(paul.office)[0]
    assert "Personne publisher" in line
    assert "dates.publish" in line


def test_the_feeds_tell_what_was_published_from_the_desk(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    assert "demandes reçues le 13 novembre 2026" in paul.office.get("/fr/dates/fil.atom").text.replace("\u00a0", " ")


def test_a_row_that_stays_the_same_is_said_again_as_of_the_new_day(paul: Clerk) -> None:
    paul.publishes(same_access_new="yes", same_selat_change="yes", same_access_removal="yes")
    assert [now(paul.office, key) for key in ("access-new", "selat-change", "access-removal")] == [
        "2026-10-30",
        "suspended",
        "up_to_date",
    ]
    rows = {row["row"]: row["as_of"] for row in paul.office.get("/api/v1/dates").get_json()["rows"]}
    assert (rows["access-new"], rows["selat-change"], rows["b2b-new"]) == ("2026-11-20", "2026-11-20", "2026-11-19")


def test_a_row_is_suspended_and_gets_a_date_again(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, meaning_access_new="suspended", date_selat_change="11-13")
    paul.sends(PUBLISH, status=303, confirmed=paul.questions())
    assert now(paul.office, "access-new") == "suspended"
    assert now(paul.office, "selat-change") == "2026-11-13"


def test_another_meaning_alone_keeps_the_date(paul: Clerk) -> None:
    paul.publishes(meaning_access_new="received_up_to")
    row = next(r for r in paul.office.get("/api/v1/dates").get_json()["rows"] if r["row"] == "access-new")
    assert (row["meaning"], row["received_on"]) == ("received_up_to", "2026-10-30")


def test_another_next_update_alone_is_published(paul: Clerk) -> None:
    paul.publishes(next_access_new="12-15")
    rows = {row["row"]: row["next_update_on"] for row in paul.office.get("/api/v1/dates").get_json()["rows"]}
    assert rows["access-new"] == "2026-12-15"


def test_what_the_table_says_already_is_no_edition(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    before = paul.office.dump()
    answer = paul.publishes(date_access_new="11-13", as_of="2026-11-20")
    assert answer.headers["Location"].endswith(TABLE)
    assert "Nothing to publish: the table says this already." in paul.opens()
    assert paul.office.dump() == before


def test_a_question_must_be_answered_and_the_answer_to_another_does_not_count(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_renewal="11-13")
    (question,) = paul.questions()
    assert "Answer every question" in paul.is_refused(PUBLISH)
    assert "Answer every question" in paul.is_refused(PUBLISH, confirmed=question.replace("2026-11-13", "2026-11-12"))
    paul.sends(PUBLISH, status=303, confirmed=question)
    assert now(paul.office, "access-renewal") == "2026-11-13"


def test_an_earlier_as_of_day_is_questioned(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13", as_of="2026-11-18")
    assert "The as-of day November 18, 2026 is before that of the last edition" in paul.words("#questions")
    paul.is_refused(PUBLISH)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "A slip last week", "password": PASSWORD}, "Answer every question"),
        ({"confirmed": BACK, "password": PASSWORD}, "A date goes back: say why."),
        ({"confirmed": BACK, "reason": "  ", "password": PASSWORD}, "A date goes back: say why."),
        ({"confirmed": BACK, "reason": "A slip last week"}, "A date goes back: give your password."),
        ({"confirmed": BACK, "reason": "A slip last week", "password": WRONG}, "This is not your password."),
    ],
)
def test_a_date_goes_back_only_with_an_answer_a_reason_and_a_password(
    paul: Clerk, typed: dict[str, Any], sentence: str
) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="10-23")
    assert sentence in paul.is_refused(PUBLISH, **typed)
    assert now(paul.office, "access-new") == "2026-10-30"


def test_a_date_goes_back_when_it_is_meant(paul: Clerk) -> None:
    answer = paul.publishes(date_access_new="10-23", confirmed=BACK, reason="A slip last week", password=PASSWORD)
    assert answer.headers["Location"].endswith("/editions/107")
    assert now(paul.office, "access-new") == "2026-10-23"
    assert PASSWORD not in "\n".join(paul.office.dump())


def test_a_password_given_a_short_while_ago_is_not_asked_again(paul: Clerk) -> None:
    paul.publishes(date_access_new="10-23", confirmed=BACK, reason="A slip last week", password=PASSWORD)
    paul.opens()
    paul.sends(CHECK, date_access_change="10-30")
    assert not paul.all("input[name='password']")
    paul.sends(PUBLISH, status=303, confirmed=paul.questions()[0], reason="The same slip")
    assert now(paul.office, "access-change") == "2026-10-30"


def test_what_was_answered_stays_answered_when_something_is_missing(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="10-23")
    paul.is_refused(PUBLISH, confirmed=BACK, reason="A slip last week")
    assert "checked" in paul.all("input[name='confirmed']")[0].attrs
    assert paul.all("#reason")[0].attrs["value"] == "A slip last week"


def test_a_password_tried_too_often_is_refused_for_a_while(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="10-23")
    for _ in range(10):
        paul.is_refused(PUBLISH, confirmed=BACK, reason="A slip", password=WRONG)
    paul.sends(PUBLISH, status=429, confirmed=BACK, reason="A slip", password=PASSWORD)
    assert now(paul.office, "access-new") == "2026-10-30"


def test_an_editor_prepares_what_only_a_publisher_publishes(eve: Clerk) -> None:
    eve.opens()
    eve.sends(CHECK, date_access_new="11-13")
    assert "Publish now" not in eve.words("main form")
    assert "You may prepare dates, not publish them" in eve.words()
    before = eve.office.dump()
    eve.sends(PUBLISH, status=403, date_access_new="11-13")
    assert eve.office.dump() == before


def test_why_is_told_to_the_public_in_both_languages(paul: Clerk) -> None:
    paul.publishes(
        date_access_new="10-23",
        confirmed=BACK,
        reason="A slip last week",
        why_fr="Une erreur de saisie a été corrigée.",
        why_en="A slip was corrected.",
        password=PASSWORD,
    )
    assert "A slip was corrected." in paul.office.get("/en/dates/access-new/").text
    assert "Une erreur de saisie a été corrigée." in paul.office.get("/fr/dates/access-new/").text


def test_a_note_of_a_row_is_published_in_both_languages_and_the_log_keeps_the_old_one(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, fr_b2b_test="Essais suspendus le 24 juin : fête nationale.", en_b2b_test="No tests on June 24.")
    words = paul.words(".d-changes")
    assert "Cette ligne est mise à jour tous les 30 jours." in words
    assert "No tests on June 24." in words
    paul.sends(PUBLISH, status=303)
    assert "The notes are published." in paul.opens()
    assert "No tests on June\u00a024." in paul.office.get("/en/dates/").text
    assert "Essais suspendus le 24\u00a0juin\u00a0: fête nationale." in paul.office.get("/fr/dates/").text
    assert any("This row is updated every 30 days." in line for line in paul.office.dump() if "dates.publish" in line)


def test_a_note_and_a_date_are_published_together(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13", fr_b2b_new="Une note.", en_b2b_new="A note.")
    assert now(paul.office, "access-new") == "2026-11-13"
    assert "A note." in paul.office.get("/en/dates/").text


def test_a_note_is_taken_away(paul: Clerk) -> None:
    paul.publishes(fr_b2b_test="", en_b2b_test="")
    assert "This row is updated every 30 days." not in paul.office.get("/en/dates/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"fr_b2b_new": "Une note."}, "Write the note in both languages, or in neither."),
        ({"fr_b2b_test": ""}, "Write the note in both languages, or in neither."),
        ({"fr_b2b_new": "é" * 301, "en_b2b_new": "A note."}, "A note has 300 characters at most."),
    ],
)
def test_half_a_note_or_too_long_a_one_is_refused(paul: Clerk, typed: dict[str, Any], sentence: str) -> None:
    paul.opens()
    assert sentence in paul.is_refused(CHECK, **typed)


def test_beginning_anew_forgets_what_was_typed(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13")
    answer = paul.sends(GIVE_UP, status=303)
    assert answer.headers["Location"].endswith(TABLE)
    paul.opens()
    assert not paul.all("#date-access-new")[0].attrs.get("value")
