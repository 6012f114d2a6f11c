"""The contact page says at each instant whether someone answers, in exact words, and changes by itself."""

import pytest
import time_machine

from tests.makers import Office, in_quebec
from tests.visitor import visit

#: A Tuesday, the eve of a holiday.
NOW = "2026-06-23 09:00"
pytestmark = pytest.mark.usefixtures("clock")
PAGES = {"fr": "/fr/contact/", "en": "/en/contact/"}
S = "\u00a0"


STATES = [
    (
        "2026-06-23 09:00",
        "Ouvert en ce moment. Nous fermons à 12 h.",
        "Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30.",
        "Open now. Closes at 12:00 p.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m. to 12:00 p.m. and 1:00 p.m. to 4:30 p.m.",
    ),
    (
        "2026-06-23 08:29:59",
        "Fermé en ce moment. Nous ouvrons aujourd’hui à 8 h 30.",
        "Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens today at 8:30 a.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-23 12:30",
        "Fermé en ce moment. Nous ouvrons aujourd’hui à 13 h.",
        "Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens today at 1:00 p.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-25 22:00",
        "Fermé en ce moment. Nous ouvrons le vendredi 26 juin à 8 h 30.",
        "Aujourd’hui, jeudi 25 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens Friday, June 26 at 8:30 a.m.",
        "Today, Thursday, June 25, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-17 09:30",
        "Fermé en ce moment. Nous ouvrons aujourd’hui à 10 h.",
        "Aujourd’hui, mercredi 17 juin 2026 : de 10 h à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens today at 10:00 a.m.",
        "Today, Wednesday, June 17, 2026: 10:00 a.m. to 12:00 p.m. and 1:00 p.m. to 4:30 p.m.",
    ),
    (
        "2026-06-24 10:30",
        "Fermé en ce moment. Nous ouvrons le jeudi 25 juin à 8 h 30.",
        "Aujourd’hui, mercredi 24 juin 2026 : fermé.",
        "Closed now. Opens Thursday, June 25 at 8:30 a.m.",
        "Today, Wednesday, June 24, 2026: closed.",
    ),
    (
        "2026-06-27 10:30",
        "Fermé en ce moment. Nous ouvrons le lundi 29 juin à 8 h 30.",
        "Aujourd’hui, samedi 27 juin 2026 : fermé.",
        "Closed now. Opens Monday, June 29 at 8:30 a.m.",
        "Today, Saturday, June 27, 2026: closed.",
    ),
    (
        "2026-12-31 23:59:59",
        "Fermé en ce moment. Nous ouvrons le lundi 4 janvier à 8 h 30.",
        "Aujourd’hui, jeudi 31 décembre 2026 : fermé.",
        "Closed now. Opens Monday, January 4 at 8:30 a.m.",
        "Today, Thursday, December 31, 2026: closed.",
    ),
]


@pytest.mark.parametrize(("now", "state_fr", "today_fr", "state_en", "today_en"), STATES)
def test_the_page_says_whether_someone_answers_and_todays_hours(
    office: Office,
    clock: time_machine.Traveller,
    now: str,
    state_fr: str,
    today_fr: str,
    state_en: str,
    today_en: str,
) -> None:
    clock.move_to(in_quebec(now))
    french, english = visit(office, PAGES["fr"]).spoken, visit(office, PAGES["en"]).spoken
    assert french.startswith(f"Contact {state_fr} {today_fr} Par téléphone")
    assert english.startswith(f"Contact {state_en} {today_en}")


def test_no_sentence_of_an_hour_ends_with_two_points(office: Office, clock: time_machine.Traveller) -> None:
    for now, *_rest in STATES:
        clock.move_to(in_quebec(now))
        for path in (*PAGES.values(), "/en/", "/fr/"):
            assert ".." not in visit(office, path).one("body").to_text()


def test_hours_and_days_never_break_at_the_end_of_a_line(office: Office) -> None:
    page = office.get(PAGES["fr"]).text
    for words in (
        f"de{S}8{S}h{S}30 à{S}12{S}h et de{S}13{S}h à{S}16{S}h{S}30",
        f"Nous fermons à 12{S}h",
        f"23{S}juin 2026",
    ):
        assert words in page
    assert f"8:30{S}a.m." in office.get(PAGES["en"]).text


def test_the_block_at_the_end_of_every_page_says_the_same(office: Office) -> None:
    for path, words in (("/fr/dates/", "Ouvert en ce moment. Nous fermons à"), ("/en/dates/", "Open now. Closes at")):
        state = visit(office, path).one(".p-help .p-now").to_text()
        assert words in " ".join(state.split())


TURNS = [
    ("2026-06-23 11:59:59", "2026-06-23 12:00:00", "Ouvert", "Fermé", "Open now.", "Closed now."),
    ("2026-06-23 12:59:59", "2026-06-23 13:00:00", "Fermé", "Ouvert", "Closed now.", "Open now."),
    ("2026-06-23 16:29:59", "2026-06-23 16:30:00", "Ouvert", "Fermé", "Open now.", "Closed now."),
    ("2026-06-17 09:59:59", "2026-06-17 10:00:00", "Fermé", "Ouvert", "Closed now.", "Open now."),
]


@pytest.mark.parametrize(("before", "after", "was_fr", "is_fr", "was_en", "is_en"), TURNS)
def test_the_kept_copy_changes_by_itself_to_the_second(
    office: Office,
    clock: time_machine.Traveller,
    before: str,
    after: str,
    was_fr: str,
    is_fr: str,
    was_en: str,
    is_en: str,
) -> None:
    paths = {PAGES["fr"]: (was_fr, is_fr), PAGES["en"]: (was_en, is_en), "/fr/dates/": (was_fr, is_fr)}
    clock.move_to(in_quebec(before))
    tags = {}
    for path, (was, _) in paths.items():
        found = visit(office, path)
        assert found.one(".p-state").to_text().startswith(was)
        assert found.response.headers["Cache-Control"] == "public, max-age=1"
        tags[path] = found.response.headers["ETag"]
    clock.move_to(in_quebec(after))
    for path, (_, is_now) in paths.items():
        assert visit(office, path).one(".p-state").to_text().startswith(is_now)
        assert office.get(path, If_None_Match=tags[path]).status_code == 200


def test_the_page_stays_the_same_copy_between_two_changes(office: Office, clock: time_machine.Traveller) -> None:
    tag = office.get(PAGES["fr"]).headers["ETag"]
    clock.move_to(in_quebec("2026-06-23 11:59:59"))
    assert office.get(PAGES["fr"], If_None_Match=tag).status_code == 304
    assert office.another_worker().get(PAGES["fr"], If_None_Match=tag).status_code == 304


def test_today_becomes_tomorrow_at_midnight_in_the_kept_copy(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-06-23 23:59:59"))
    assert "Aujourd’hui, mardi 23 juin 2026" in visit(office, PAGES["fr"]).spoken
    clock.move_to(in_quebec("2026-06-24 00:00:00"))
    assert "Aujourd’hui, mercredi 24 juin 2026 : fermé." in visit(office, PAGES["fr"]).spoken
    assert "Today, Wednesday, June 24, 2026: closed." in visit(office, PAGES["en"]).spoken


def test_the_telephones_are_dialled_by_a_touch(office: Office) -> None:
    for path, regions in (
        (PAGES["fr"], ["Québec", "Montréal", "Ailleurs au Québec (sans frais)"]),
        (PAGES["en"], ["Québec City", "Montréal", "Elsewhere in Québec (toll-free)"]),
    ):
        found = visit(office, path)
        links = found.all("main .p-phones__number")
        assert [link.attrs["href"] for link in links] == ["tel:+14187804208", "tel:+15146873612", "tel:+18883303023"]
        numbers = [f"418{S}780-4208", f"514{S}687-3612", f"1{S}888{S}330-3023"]
        assert [link.to_text() for link in links] == numbers
        assert [span.to_text() for span in found.all("main .p-phones__region")] == regions


def test_the_week_is_told_by_groups_of_days(office: Office) -> None:
    def week(path: str) -> list[str]:
        return [cell.to_text().replace(S, " ").strip() for cell in visit(office, path).all("tbody tr > *")]

    assert week(PAGES["fr"]) == [
        *("lundi, mardi, jeudi et vendredi", "de 8 h 30 à 12 h et de 13 h à 16 h 30"),
        *("mercredi", "de 10 h à 12 h et de 13 h à 16 h 30"),
        *("samedi et dimanche", "Fermé"),
    ]
    assert week(PAGES["en"])[0].startswith("Monday, Tuesday, Thursday")
    assert week(PAGES["en"])[4].startswith("Saturday and Sunday")


def test_the_next_closures_are_announced_in_order(office: Office) -> None:
    french, english = (visit(office, path).spoken for path in PAGES.values())
    closures = "mercredi 24 juin 2026 : fête nationale du Québec mercredi 1er juillet 2026 : fête du Canada"
    assert closures in french
    assert "Wednesday, June 24, 2026: Québec National Holiday Wednesday, July 1, 2026: Canada Day" in english


def test_the_hours_of_today_are_marked_unless_it_is_a_closing_day(
    office: Office, clock: time_machine.Traveller
) -> None:
    for path, days in ((PAGES["fr"], "lundi, mardi, jeudi et vendredi"), (PAGES["en"], "Monday, Tuesday, Thursday")):
        assert visit(office, path).one("tr[aria-current='date'] th").to_text().strip().startswith(days)
    clock.move_to(in_quebec("2026-06-24 10:00"))  # a Wednesday, and a holiday
    for path in PAGES.values():
        assert not visit(office, path).all("tr[aria-current]")
