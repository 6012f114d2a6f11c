"""Taking an edition back: with a reason, a password where a date goes back, once, and told to readers."""

from tests.desk.dates.clerks import Clerk
from tests.desk.dates.test_publishing import BACK, now
from tests.desk.people import PASSWORD

EDITION, UNDO = "/desk/en/dates/editions/107", "/desk/en/dates/editions/107/undo"


def test_an_edition_is_taken_back_and_its_rows_say_again_what_they_said(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13", date_b2b_new="10-16")
    paul.opens(EDITION)
    answer = paul.sends(UNDO, status=303, reason="Wrong file", password=PASSWORD)
    assert "It takes edition 107 back." in paul.opens(answer.headers["Location"])
    assert (now(paul.office, "access-new"), now(paul.office, "b2b-new")) == ("2026-10-30", "2026-10-09")
    assert "Taken back by edition 108." in paul.opens(EDITION)
    assert not paul.all(f"form[action='{UNDO}']"), "it is taken back once"
    assert "Correction" in paul.office.get("/en/dates/feed.atom").text


def test_the_public_is_told_why(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    paul.opens(EDITION)
    paul.sends(UNDO, status=303, reason="x", why_fr="Erreur de fichier.", why_en="Wrong file.", password=PASSWORD)
    assert "Wrong file." in paul.office.get("/en/dates/feed.atom").text


def test_it_is_taken_back_with_a_reason_and_a_password_alone(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    paul.opens(EDITION)
    assert "Say why, for the audit log." in paul.is_refused(UNDO, password=PASSWORD)
    assert paul.all(".p-errors a[href='#reason']")
    assert paul.all("#reason[aria-invalid='true']")
    assert "A date goes back: give your password." in paul.is_refused(UNDO, reason="Wrong file")
    assert "This is not your password." in paul.is_refused(UNDO, reason="Wrong file", password=PASSWORD[1:])
    assert paul.all(".p-errors a[href='#password']")
    assert paul.all("#password[aria-invalid='true']")
    assert "in both languages, or in neither" in paul.is_refused(UNDO, reason="Wrong file", why_fr="Erreur")
    assert paul.all("#why_fr")[0].attrs["value"] == "Erreur"


def test_where_no_date_goes_back_no_password_is_asked(paul: Clerk, anne: Clerk) -> None:
    anne.publishes(date_access_new="10-23", confirmed=BACK, reason="A slip", password=PASSWORD)
    paul.opens(EDITION)
    assert not paul.all("input[name='password']")
    paul.sends(UNDO, status=303, reason="It was none")
    assert now(paul.office, "access-new") == "2026-10-30"


def test_a_double_click_takes_it_back_once(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    paul.opens(EDITION)
    pressed = paul.held() | {"reason": "Wrong file", "password": PASSWORD}
    places = [paul.sends_only(UNDO, status=303, **pressed).headers["Location"] for _ in range(2)]
    assert places == ["/desk/en/dates/editions/108"] * 2
    assert paul.office.get("/api/v1/editions").get_json()["total"] == 108


def test_what_later_editions_speak_of_is_taken_back_from_the_newest(paul: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    paul.publishes(date_access_new="11-16")
    paul.opens(EDITION)
    words = paul.is_refused(UNDO, reason="Wrong file", password=PASSWORD)
    assert "undo the newest first: 108" in words


def test_an_editor_takes_nothing_back(paul: Clerk, eve: Clerk) -> None:
    paul.publishes(date_access_new="11-13")
    eve.opens(EDITION)
    assert "Take it back" not in eve.words()
    before = eve.office.dump()
    eve.sends(UNDO, status=403, reason="Wrong file")
    assert eve.office.dump() == before


def test_an_edition_that_does_not_exist_is_not_found(paul: Clerk) -> None:
    for number in ("0", "999", "9" * 30):
        paul.opens(f"/desk/en/dates/editions/{number}", status=404)
    paul.opens()
    paul.sends("/desk/en/dates/editions/999/undo", status=404, reason="Wrong file")
