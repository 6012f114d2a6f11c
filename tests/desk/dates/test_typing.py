"""What a clerk types into the table: short or whole, questioned while they type, refused in words, shown before."""

from typing import Any

import pytest

from tests.desk.dates.clerks import AGAIN, ASK, CHECK, PUBLISH, TABLE, Clerk


def told(clerk: Clerk, **typed: Any) -> dict:
    """Return what the desk says while that is typed."""
    clerk.opens()
    before = clerk.office.dump()
    answer = clerk.sends(ASK, **typed).get_json()
    assert clerk.office.dump() == before, "a question leaves no trace"
    return answer


def test_every_row_stands_on_one_page_with_what_it_says_now(paul: Clerk) -> None:
    words = paul.opens()
    assert len(paul.all("input[name^='date-']")) == 11
    assert "New access to the online services" in words
    assert "October 30, 2026" in words
    assert "As of October 8, 2026" in words, "the one row that is as of another day says so"
    assert "Renewal of access to the directives registry" not in words, "it was merged: it is published no more"


@pytest.mark.parametrize(
    "text", ["2026-11-13", "2026/11/13", "2026.11.13", "11-13", "11/13", "11.13", "11 13", " 11-13 "]
)
def test_a_day_is_typed_whole_or_short(paul: Clerk, text: str) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new=text)
    assert "October 30, 2026 November 13, 2026 +10 working days" in paul.words(".d-changes")


def test_a_short_day_is_the_last_that_was_reached(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="12-24")
    assert "December 24, 2025" in paul.words(".d-changes")


def test_a_short_next_update_is_the_next_such_day(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13", next_access_new="01-08")
    assert "January 8, 2027" in paul.words("main details")


@pytest.mark.parametrize(
    "text", ["99-99", "2026-02-30", "13", "hier", "2026-11-13-01", "１１-１３", "9999-12-31", "<b>"]
)
def test_what_is_no_day_is_refused_beside_its_row_and_stays_to_be_mended(paul: Clerk, text: str) -> None:
    paul.opens()
    words = paul.is_refused(CHECK, date_access_new=text, date_access_change="11-13")
    assert f"“{text}” is no date" in words
    assert paul.all("#date-access-new")[0].attrs["value"] == text
    assert paul.all("#date-access-change")[0].attrs["value"] == "11-13"
    assert paul.all(".p-errors a[href='#date-access-new']"), "the summary leads to the field"


def test_a_control_character_is_no_part_of_what_was_typed(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="\x0011-13\u202e", reason="why\x00not")
    assert "November 13, 2026" in paul.words(".d-changes")
    assert paul.all("input[name='reason']")[0].attrs["value"] == "why not"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Type a date beside one row at least"),
        ({"date_access_new": "2026-11-21"}, "is after the as-of day"),
        ({"date_access_new": "11-13", "same_access_new": "yes"}, "not both"),
        ({"date_access_new": "11-13", "meaning_access_new": "suspended"}, "has no received date"),
        ({"date_access_new": "11-13", "meaning_access_new": "closed"}, "“closed” is nothing that a row can say"),
        ({"meaning_selat_change": "received_on"}, "The received date is missing"),
        ({"date_access_new": "11-13", "next_access_new": "2026-11-20"}, "is not after the as-of day"),
        ({"date_access_new": "11-13", "as_of": "2026-11-21"}, "cannot hold on a day to come"),
        ({"date_access_new": "11-13", "as_of": "soon"}, "Type the day on which these dates hold"),
        ({"date_access_new": "11-13", "why_fr": "Pourquoi"}, "in both languages, or in neither"),
    ],
)
@pytest.mark.parametrize("path", [CHECK, PUBLISH])
def test_what_cannot_be_published_is_refused_in_words(
    paul: Clerk, path: str, typed: dict[str, Any], sentence: str
) -> None:
    paul.opens()
    assert sentence in paul.is_refused(path, **typed)


def test_what_was_wrong_beside_the_table_stays_to_be_mended(paul: Clerk) -> None:
    paul.opens()
    paul.is_refused(CHECK, date_access_new="11-13", as_of="soon", why_fr="Une erreur de saisie")
    assert paul.all("#as_of")[0].attrs["value"] == "soon"
    assert paul.all("#why_fr")[0].attrs["value"] == "Une erreur de saisie"
    assert paul.all("#why_en")[0].attrs["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("date", "kind", "sentence"),
    [
        ("10-23", "questions", "The date goes back, from October 30, 2026 to October 23, 2026."),
        ("2026-12-24", "errors", "The received date December 24, 2026 is after the as-of day November 20, 2026."),
        ("10-30", "questions", "The table says this date already."),
        ("x", "errors", "“x” is no date: type year, month and day, for example 2021-07-22, or 07-22."),
    ],
)
def test_a_slip_is_told_while_one_types(paul: Clerk, date: str, kind: str, sentence: str) -> None:
    row = told(paul, date_access_new=date)["rows"]["access-new"]
    assert [words.replace("\u00a0", " ") for words in row[kind]] == [sentence]


def test_a_jump_is_told_while_one_types(paul: Clerk) -> None:
    (sentence,) = told(paul, date_access_renewal="11-13")["rows"]["access-renewal"]["questions"]
    assert "advances by 54 working days" in sentence


def test_a_row_is_questioned_whatever_is_wrong_with_another(paul: Clerk) -> None:
    rows = told(paul, date_access_new="x", date_access_change="10-23")["rows"]
    assert rows["access-new"]["errors"]
    assert rows["access-change"]["questions"]
    assert not rows["b2b-new"]["errors"] + rows["b2b-new"]["questions"]


def test_the_public_table_and_the_items_are_shown_before_in_both_languages(paul: Clerk) -> None:
    paul.opens()
    before = paul.office.dump()
    paul.sends(CHECK, date_access_new="11-13")
    assert paul.office.dump() == before, "a trial leaves no trace"
    words = paul.words()
    assert "New access to the online services: requests received November 13, 2026 (before: October 30, 2026)" in words
    assert "demandes reçues le 13 novembre 2026 (avant : 30 octobre 2026)" in words
    tables = [paul.words(f"details [lang='{tag}'] table") for tag in ("fr-CA", "en-CA")]
    assert "13 novembre 2026 20 novembre 2026" in tables[0]
    assert "November 13, 2026 November 20, 2026" in tables[1]


def test_the_page_before_publishing_is_in_one_language_around_what_it_shows(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13")
    assert "Kind of request" in paul.words(".d-changes")


def test_what_was_checked_can_be_changed_and_nothing_of_it_is_lost(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13", fr_b2b_new="Une note", en_b2b_new="A note", why_fr="Oui", why_en="Yes")
    paul.sends(AGAIN)
    values = {field.attrs["name"]: field.attrs.get("value", "") for field in paul.all("main form.d-dates input")}
    assert values["date-access-new"] == "11-13"
    assert (values["fr-b2b-new"], values["en-b2b-new"]) == ("Une note", "A note")
    assert (values["why_fr"], values["why_en"]) == ("Oui", "Yes")


def test_fields_that_the_form_has_not_are_ignored(paul: Clerk) -> None:
    paul.opens()
    extra: dict[str, Any] = {
        "date-nobody": "11-13",
        "actor": "Somebody",
        "date-directives-renewal": "11-13",
        "is_confirmed": "yes",
    }
    paul.sends(CHECK, date_access_new="11-13", **extra)
    names = {field.attrs["name"] for field in paul.all("main form input")}
    assert names == {"csrf_token", "expected", "date-access-new", "as_of"}
    paul.sends(PUBLISH, status=303, **extra)
    words = paul.opens("/desk/en/dates/editions/107")
    assert "New access to the online services" in words
    assert "Somebody" not in "\n".join(paul.office.dump())


def test_the_table_is_not_for_strangers(paul: Clerk) -> None:
    assert paul.office.get(TABLE).status_code == 302
    assert paul.office.post(PUBLISH, {"date-access-new": "11-13"}).status_code == 401
