"""The contact page says at each instant whether someone answers, in exact words, and changes by itself."""

import pytest
import time_machine

from tests.makers import Office, in_quebec
from tests.visitor import Visit, visit

#: A Tuesday, the eve of a holiday.
NOW = "2026-06-23 09:00"
pytestmark = pytest.mark.usefixtures("clock")
PAGES = {"fr": "/fr/contact/", "en": "/en/contact/"}
S = "\u00a0"


EVE = "Demain : fermé (fête nationale du Québec)."
STATES = [
    (
        "2026-06-23 09:00",
        "Ouvert en ce moment. Nous fermons à 12 h pour la pause du midi et rouvrons à 13 h.",
        f"Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30. {EVE}",
        "Open now. Closes at noon for lunch and reopens at 1:00 p.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m. to noon and 1:00 p.m. to 4:30 p.m.",
    ),
    (
        "2026-06-23 08:29:59",
        "Fermé en ce moment. Nous ouvrons aujourd’hui à 8 h 30.",
        f"Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30. {EVE}",
        "Closed now. Opens today at 8:30 a.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-23 12:30",
        "Fermé pour la pause du midi. Nous rouvrons à 13 h.",
        f"Aujourd’hui, mardi 23 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30. {EVE}",
        "Closed for lunch. Reopens at 1:00 p.m.",
        "Today, Tuesday, June 23, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-25 22:00",
        "Fermé en ce moment. Nous ouvrons demain à 8 h 30.",
        "Aujourd’hui, jeudi 25 juin 2026 : de 8 h 30 à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens tomorrow at 8:30 a.m.",
        "Today, Thursday, June 25, 2026: 8:30 a.m.",
    ),
    (
        "2026-06-17 09:30",
        "Fermé en ce moment. Nous ouvrons aujourd’hui à 10 h.",
        "Aujourd’hui, mercredi 17 juin 2026 : de 10 h à 12 h et de 13 h à 16 h 30.",
        "Closed now. Opens today at 10:00 a.m.",
        "Today, Wednesday, June 17, 2026: 10:00 a.m. to noon and 1:00 p.m. to 4:30 p.m.",
    ),
    (
        "2026-06-24 10:30",
        "Fermé aujourd’hui : fête nationale du Québec. Nous ouvrons demain à 8 h 30.",
        "Aujourd’hui, mercredi 24 juin 2026 : fermé.",
        "Closed today: Québec National Holiday. Opens tomorrow at 8:30 a.m.",
        "Today, Wednesday, June 24, 2026: closed.",
    ),
    (
        "2026-06-27 10:30",
        "Fermé en ce moment. Nous ouvrons lundi à 8 h 30.",
        "Aujourd’hui, samedi 27 juin 2026 : fermé.",
        "Closed now. Opens Monday at 8:30 a.m.",
        "Today, Saturday, June 27, 2026: closed.",
    ),
    (
        "2026-12-31 23:59:59",
        "Fermé aujourd’hui : veille du jour de l’An. Nous ouvrons lundi à 8 h 30.",
        "Aujourd’hui, jeudi 31 décembre 2026 : fermé. Demain : fermé (jour de l’An).",
        "Closed today: New Year’s Eve. Opens Monday at 8:30 a.m.",
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
    assert french.startswith(f"Nous joindre {state_fr} {today_fr} Par téléphone")
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
        f"Nous fermons à{S}12{S}h",
        f"23{S}juin 2026",
    ):
        assert words in page
    assert f"8:30{S}a.m." in office.get(PAGES["en"]).text


@pytest.mark.parametrize(("today", "is_told"), [("2026-10-24", False), ("2026-10-25", True)])
def test_closures_are_announced_sixty_days_ahead(
    office: Office, clock: time_machine.Traveller, today: str, is_told: bool
) -> None:
    clock.move_to(in_quebec(f"{today} 10:00"))
    assert (f"24{S}décembre" in visit(office, PAGES["fr"]).one("main").to_text()) is is_told
    special_days = office.get("/api/v1/contact").get_json()["schedules"][0]["special_days"]
    assert ("2026-12-24" in [day["day"] for day in special_days]) is is_told


def test_the_block_at_the_end_of_every_page_says_the_same(office: Office) -> None:
    for path, words in (("/fr/dates/", "Ouvert en ce moment. Nous fermons à"), ("/en/dates/", "Open now. Closes at")):
        state = visit(office, path).one(".p-help .p-now").to_text()
        assert words in " ".join(state.split())


TURNS = [
    ("2026-06-23 11:59:59", "2026-06-23 12:00:00", "Ouvert", "Fermé", "Open now.", "Closed for lunch."),
    ("2026-06-23 12:59:59", "2026-06-23 13:00:00", "Fermé", "Ouvert", "Closed for lunch.", "Open now."),
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
        assert found.response.headers["Cache-Control"] == "public, max-age=1, s-maxage=1"
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


def test_the_next_closures_are_announced_in_order(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-06-22 09:00"))
    french, english = (visit(office, path).spoken for path in PAGES.values())
    name = "Prochains jours de fermeture ou d’horaire modifié"
    closures = (
        "fermé (fête nationale du Québec), à confirmer mercredi 1er juillet 2026 : fermé (fête du Canada), à confirmer"
    )
    assert f"{name} mercredi 24 juin 2026 : {closures}" in french
    closures = "closed (Québec National Holiday), to be confirmed Wednesday, July 1, 2026: closed (Canada Day)"
    assert f"Next closures and changed hours Wednesday, June 24, 2026: {closures}" in english


def test_it_says_until_when_nothing_closes(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2027-01-12 09:00"))
    assert "Aucun d’ici le samedi 13 mars 2027." in visit(office, PAGES["fr"]).spoken
    assert "None until Saturday, March 13, 2027." in visit(office, PAGES["en"]).spoken


def test_the_hours_of_today_are_marked_unless_it_is_a_closing_day(
    office: Office, clock: time_machine.Traveller
) -> None:
    for path, days in ((PAGES["fr"], "lundi, mardi, jeudi et vendredi"), (PAGES["en"], "Monday, Tuesday, Thursday")):
        assert visit(office, path).one("tr[aria-current='date'] th").to_text().strip().startswith(days)
    clock.move_to(in_quebec("2026-06-24 10:00"))  # a Wednesday, and a holiday
    for path in PAGES.values():
        assert not visit(office, path).all("tr[aria-current]")


REGIONS = {"quebec": "+14187804208", "montreal": "+15146873612", "elsewhere": "+18883303023", "unknown": "+18883303023"}


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_one_number_large_without_script(office: Office, region: str) -> None:
    for path in PAGES.values():
        found = visit(office, f"{path}?region={region}")
        assert found.one(".p-number__link").attrs["href"] == f"tel:{REGIONS[region]}"
        assert not found.all("main .p-phones")
        chosen = found.one(".p-regions [aria-current]")
        assert chosen.attrs["href"] == f"{path}?region={region}#phone"
        assert found.one("link[rel='canonical']").attrs["href"] == f"http://portal.test{path}"
        # The other language keeps the region.
        assert found.one("header .p-language").attrs["href"].endswith(f"/contact/?region={region}")


def test_the_regions_are_offered_and_whoever_does_not_know_pays_nothing(office: Office) -> None:
    french, english = (visit(office, f"{path}?region=unknown") for path in PAGES.values())
    names = [link.to_text() for link in french.all(".p-regions a")]
    assert names == ["Québec", "Montréal", "Ailleurs au Québec (sans frais)", "Je ne sais pas"]
    assert "Ce numéro est sans frais." in french.spoken
    assert "This number is toll-free." in english.spoken
    assert len(visit(office, PAGES["fr"]).all("main .p-phones a")) == 3


@pytest.mark.parametrize("region", ["ontario", "QUEBEC", "", "%00", "quebec%20quebec"])
def test_a_region_that_is_none_is_offered_those_there_are(office: Office, region: str) -> None:
    found = visit(office, f"/en/contact/?region={region}", status=404)
    links = {link.attrs["href"] for link in found.all("main a")}
    assert {f"/en/contact/?region={key}" for key in ("quebec", "montreal", "elsewhere")} <= links


def test_only_the_regions_are_kept_whatever_is_asked(office: Office) -> None:
    first = office.get("/fr/contact/?region=quebec")
    assert office.get("/fr/contact/?x=1&region=quebec", If_None_Match=first.headers["ETag"]).status_code == 304
    assert office.another_worker().get("/fr/contact/?region=quebec").headers["ETag"] == first.headers["ETag"]


def captions(found: Visit) -> list[str]:
    return [" ".join(caption.to_text(separator="", strip=False).split()) for caption in found.all("caption")]


def test_a_change_for_a_while_is_announced_and_told_while_it_lasts(
    office: Office, clock: time_machine.Traveller
) -> None:
    office.did("contact", "hours", "Mo-Fr 08:00-12:00", "--from", "2026-07-04", "--until", "2026-08-28")
    french, english = (visit(office, path) for path in PAGES.values())
    # 4 July is a Saturday: the first day that differs is the Monday.
    said = (
        "L’horaire change le lundi 6 juillet 2026. Ce changement vaut jusqu’au vendredi 28 août 2026; l’horaire actuel"
    )
    assert said in french.spoken
    assert captions(french) == [
        "Jusqu’au 3 juillet 2026, heure de l’Est",
        "Du 4 juillet 2026 au 28 août 2026, heure de l’Est",
    ]
    said = "The hours change on Monday, July 6, 2026. The change lasts until Friday, August 28, 2026; the present hours"
    assert said in english.spoken
    assert len(french.all("tr[aria-current]")) == 1
    clock.move_to(in_quebec("2026-07-07 09:00"))
    french, english = (visit(office, path) for path in PAGES.values())
    said = "Cet horaire est temporaire, jusqu’au vendredi 28 août 2026. L’horaire précédent reprend le lundi 31"
    assert said in french.spoken
    assert "These hours are temporary, until Friday, August 28, 2026." in english.spoken
    assert captions(english) == ["Until August 28, 2026, Québec time", "From August 29, 2026, Québec time"]


def test_a_change_for_good_says_from_when(office: Office) -> None:
    office.did("contact", "hours", "Mo-Fr 08:00-12:00", "--from", "2026-07-06")
    found = visit(office, PAGES["en"])
    assert "The hours change on Monday, July 6, 2026. Until July 5, 2026, Québec time" in found.spoken
    assert captions(found)[1] == "From July 6, 2026, Québec time"


def test_the_best_way_is_told_for_each_need_the_quickest_first(office: Office) -> None:
    for path, check in ((PAGES["fr"], "/fr/dates/verifier"), (PAGES["en"], "/en/dates/check")):
        ways = [link.attrs["href"] for link in visit(office, path).all(".p-ways a")]
        assert (ways[0], ways[2], ways[3]) == (check, "https://www.ramq.gouv.qc.ca/courriel", "#phone")


def test_the_page_leads_to_calendars_and_cards_that_answer(office: Office) -> None:
    for path, files in (
        (PAGES["fr"], ["fermetures.ics", "heures.ics"]),
        (PAGES["en"], ["closures.ics", "hours.ics"]),
    ):
        found = visit(office, path)
        links = [link.attrs["href"] for link in found.all("main a")]
        expected = [f"{path}{name}" for name in files]
        assert [link for link in links if link.endswith(".ics")] == [
            f"{scheme}{address}" for address in expected for scheme in ("webcal://portal.test", "")
        ]
        cards = [link for link in links if link.endswith(".vcf")]
        assert len(cards) == 3
        assert {office.get(address).status_code for address in (*expected, *cards)} == {200}


def test_nothing_of_the_state_is_said_twice_to_a_screen_reader(office: Office) -> None:
    for path in (*PAGES.values(), "/fr/", "/fr/dates/", "/en/notices/"):
        assert len(visit(office, path).all(".p-now[role='status']")) == 1


def test_the_words_of_an_open_page_hold_until_midnight_at_most(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-06-23 20:00"))
    assert "Nous ouvrons le jeudi" not in visit(office, PAGES["fr"]).spoken
    until = visit(office, PAGES["fr"]).one(".p-now").attrs["data-until"]
    assert until == "2026-06-24T00:00:00-04:00"
    clock.move_to(in_quebec("2026-06-24 00:00"))
    assert "Nous ouvrons demain à 8 h 30." in visit(office, PAGES["fr"]).spoken
