"""The first page of the desk: what is to be done, what is to come, what went out today."""

from tests.desk.people import Colleague, Desk
from tests.makers import a_notice
from tests.visitor import Visit

PAGES = ("/desk/fr/", "/desk/en/")


def opened(someone: Colleague, path: str) -> str:
    return Visit.of(someone.get(path)).spoken


def test_the_entrance_is_french(desk: Desk) -> None:
    assert desk.signed_in("editor").get("/desk/", status=302).headers["Location"] == "/desk/fr/"


def test_rows_that_are_overdue_are_told(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "Essais d’échanges interentreprises (B2B) : pas de mise à jour depuis le 8 octobre 2026." in opened(
        someone, PAGES[0]
    )
    assert "Testing of business-to-business exchanges (B2B): not updated since October 8, 2026." in opened(
        someone, PAGES[1]
    )


def test_a_row_that_is_due_today_is_told_until_it_is_published(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    due = "row,received_on,next_update_on\nselat-change,2026-11-12,2026-11-20\n"
    desk.office.publishes_dates(due, as_of="2026-11-19", confirm=True)
    sentence = "Modification d’un accès au SELAT : à mettre à jour aujourd’hui."
    assert sentence in opened(someone, PAGES[0])
    desk.office.publishes_dates("row,received_on\nselat-change,2026-11-13\n", as_of="2026-11-20", confirm=True)
    assert sentence not in opened(someone, PAGES[0])


def test_promises_and_english_that_is_behind_are_told(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "Promesse pas encore tenue : " in opened(someone, PAGES[0])
    before = "English behind the French: Closing days"
    desk.office.publishes_notice()
    assert before not in opened(someone, PAGES[1])
    file = desk.office.file(a_notice(body_fr="Nous sommes fermés le 25 juin."), "notice.md")
    desk.office.did("notices", "publish", file, "--major", "--note-fr", "Le jour a changé.")
    assert before in opened(someone, PAGES[1])


def test_holidays_that_nobody_confirmed_are_told(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "Les jours fériés de 2027 ne sont pas confirmés." in opened(someone, PAGES[0])
    desk.office.did("contact", "holidays", "2027", "--confirm")
    assert "Les jours fériés de 2027" not in opened(someone, PAGES[0])


def test_what_is_scheduled_is_told(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "25 novembre 2026" not in opened(someone, PAGES[0])
    desk.office.publishes_notice(published="2026-11-25 09:00")
    assert "25 novembre 2026, 9 h : Jours de fermeture" in opened(someone, PAGES[0])
    assert "November 25, 2026, 9:00 a.m.: Closing days" in opened(someone, PAGES[1])


def test_what_went_out_today_is_told_with_what_it_changed(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "Rien encore." in opened(someone, PAGES[0])
    desk.office.publishes_dates("row,received_on\nselat-change,2026-11-13\n", as_of="2026-11-20", confirm=True)
    desk.office.publishes_notice(published="2026-11-20 09:30")
    told = opened(someone, PAGES[1])
    assert "Nothing yet." not in told
    assert "→ November 13, 2026" in told
    assert "Closing days, 9:30 a.m." in told


def test_a_browser_that_asks_keeps_its_session(desk: Desk) -> None:
    answer = desk.signed_in("editor").get("/desk/fr/ici", status=204)
    assert not answer.data
    assert "portal_desk=" in answer.headers["Set-Cookie"]
