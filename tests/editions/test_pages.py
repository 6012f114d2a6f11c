"""The editions as visitors read them: their list, each of them, and what changed between any two."""

from urllib.parse import quote

import pytest

from portal.editions import pages
from tests.makers import ROWS, Office
from tests.visitor import inspect, said, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
CHANGES = {"fr": "/fr/dates/changements", "en": "/en/dates/changes"}
HEADING = "row,received_on,meaning\n"


@pytest.fixture
def table(office: Office) -> Office:
    """Three editions: of both rows; of `new` alone; of both, of which `b2b` was suspended."""
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates(HEADING + "new,2026-10-05,\nb2b,2026-10-02,\n", as_of="2026-11-03")
    office.publishes_dates(HEADING + "new,2026-10-13,\n", as_of="2026-11-10")
    office.publishes_dates(HEADING + "new,2026-10-13,\nb2b,,suspended\n", as_of="2026-11-17")
    return office


def lines(office: Office, path: str) -> list[list[str]]:
    """The cells of the table of a page, line by line."""
    return [[said(cell) for cell in row.query("th, td")] for row in visit(office, path).all("main tbody tr")]


def test_the_list_names_every_edition_newest_first(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-13,\nb2b,,suspended\n", as_of="2026-11-18")
    found = visit(table, "/en/dates/editions/")
    assert [cells[1] for cells in lines(table, "/en/dates/editions/")] == ["None", "1", "1", "2"]
    links = found.all("main tbody th a")
    assert [link.attrs["href"] for link in links] == [f"/en/dates/editions/{number}/" for number in (4, 3, 2, 1)]
    assert [said(detail) for detail in found.all("main tbody .p-table__detail")] == [
        "As of November 17, 2026.",
        "As of November 10, 2026.",
        "As of November 3, 2026.",
    ], "the day of publication is not told twice"
    assert "En date du 17 novembre 2026." in lines(table, "/fr/dates/editions/")[1][0]


def test_an_empty_list_says_that_nothing_was_published(office: Office) -> None:
    assert "Nothing has been published yet." in visit(office, "/en/dates/editions/").spoken
    assert "Rien n’est encore publié." in visit(office, "/fr/dates/editions/").spoken
    visit(office, CHANGES["fr"])


def test_a_long_list_is_cut_in_pages_that_lead_to_one_another(demo: Office) -> None:
    first, second, third = (visit(demo, f"/fr/dates/editions/?page={number}") for number in (1, 2, 3))
    shown = [len(page.all("main tbody tr")) for page in (first, second, third)]
    assert shown[:2] == [pages.PER_PAGE] * 2
    newest = demo.get("/api/v1/editions").get_json()["editions"][0]["edition"]
    assert sum(shown) == newest
    assert not first.all("a[href='/fr/dates/editions/?page=0']")
    assert first.all("a[href='/fr/dates/editions/?page=2']")
    assert second.all("a[href='/fr/dates/editions/?page=1']")
    assert second.all("a[href='/fr/dates/editions/?page=3']")
    assert not third.all("a[href='/fr/dates/editions/?page=4']")


@pytest.mark.parametrize("page", ["0", "4", "-1", "1.0", "٢", "deux", "", "9" * 10_000, "%00"])
def test_a_page_of_the_list_that_is_none_is_not_found(demo: Office, page: str) -> None:
    for path in ("/fr/dates/editions/", "/en/dates/editions/", "/api/v1/editions"):
        assert demo.get(f"{path}?page={page if page.isascii() else quote(page)}").status_code == 404


def test_an_edition_says_what_it_changed_and_what_stood_still(table: Office) -> None:
    assert lines(table, "/en/dates/editions/3/") == [["B2B access", "October 2, 2026", "Suspended", "–"]]
    assert "Published again, unchanged: New access." in visit(table, "/en/dates/editions/3/").spoken
    # Thanksgiving is no working day.
    assert lines(table, "/en/dates/editions/2/") == [
        ["New access", "October 5, 2026", "October 13, 2026", "+5 working days"]
    ]
    french = visit(table, "/fr/dates/editions/1/")
    assert "Édition 1 du tableau" in said(french.one("h1"))
    assert [row[1] for row in lines(table, "/fr/dates/editions/1/")] == ["–", "–"]


def test_an_edition_that_changed_nothing_says_so(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-13,\n", as_of="2026-11-18")
    assert "This edition changed no date." in visit(table, "/en/dates/editions/4/").spoken


def test_editions_lead_to_their_neighbours_and_to_what_changed_since(table: Office) -> None:
    links = {
        number: {a.attrs["href"] for a in visit(table, f"/en/dates/editions/{number}/").all("main a[href^='/']")}
        for number in (1, 2, 3)
    }
    of = "/en/dates/editions/{}/".format
    assert {of(1), of(3)} <= links[2]
    assert of(2) in links[1]
    assert of(2) in links[3]
    assert f"{CHANGES['en']}?since=2" in links[2]
    assert not any("since=" in link for link in links[3]), "nothing comes after the newest"


@pytest.mark.parametrize("number", ["0", "4", "2147483648", "9" * 30, "9" * 5_000, "-1", "x"])
def test_an_edition_that_does_not_exist_is_not_found(table: Office, number: str) -> None:
    for path in ("/fr/dates/editions/{}/", "/en/dates/editions/{}/", "/api/v1/editions/{}"):
        assert table.get(path.format(number)).status_code == 404
    visit(table, "/fr/dates/editions/4/", status=404)


def test_two_editions_are_compared_row_by_row(table: Office) -> None:
    page = visit(table, f"{CHANGES['en']}?since=1&until=3")
    assert "From edition 1, as of November 3, 2026, to edition 3, as of November 17, 2026." in page.spoken
    assert lines(table, f"{CHANGES['en']}?since=1&until=3") == [
        ["New access", "October 5, 2026", "October 13, 2026", "+5 working days"],
        ["B2B access", "October 2, 2026", "Suspended", "–"],
    ]
    french = visit(table, f"{CHANGES['fr']}?since=1&until=2")
    assert "De l’édition 1" in french.spoken
    assert "Accès B2B" in french.spoken


def test_without_the_later_one_the_newest_is_meant(table: Office) -> None:
    for language in CHANGES:
        page = visit(table, f"{CHANGES[language]}?since=2")
        assert [option.attrs["value"] for option in page.all("option[selected]")] == ["2", "3"]
        assert len(page.all("main tbody tr")) == 1


def test_editions_between_which_nothing_moved_say_so(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-13,\n", as_of="2026-11-18")
    page = visit(table, f"{CHANGES['en']}?since=3&until=4")
    assert "No date changed between these two editions." in page.spoken


def test_an_edition_taken_back_counts_at_its_own_time_and_its_correction_after(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-20,\n", as_of="2026-11-18")
    table.did("dates", "undo", "4", "--reason", "Typed wrongly")
    before, mistake = "October 13, 2026", "October 20, 2026"
    assert lines(table, f"{CHANGES['en']}?since=3&until=4") == [["New access", before, mistake, "+5 working days"]]
    (corrected,) = lines(table, f"{CHANGES['en']}?since=4")
    assert corrected[:3] == ["New access", mistake, before]
    assert "No date changed" in visit(table, f"{CHANGES['en']}?since=3&until=5").spoken


def test_an_edition_says_as_of_which_day_where_that_is_another(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-14,\n", as_of="2026-11-18")
    published = "Published on November 18, 2026, 10:00 a.m."
    same, other = (said(visit(table, f"/en/dates/editions/{number}/").one(".p-lead")) for number in (4, 3))
    assert same == published
    assert other == f"{published.removesuffix('.')}., as of November 17, 2026."
    assert said(visit(table, "/fr/dates/editions/4/").one(".p-lead")) == "Publiée le 18 novembre 2026, 10 h."
    assert "en date du 17 novembre 2026" in said(visit(table, "/fr/dates/editions/3/").one(".p-lead"))


def test_what_stood_still_is_told_as_published_again_in_both_languages(table: Office) -> None:
    assert "Publiées sans changement : Nouvel accès." in visit(table, "/fr/dates/editions/3/").spoken
    assert "Unchanged: " not in visit(table, "/en/dates/editions/3/").spoken
    page = visit(table, f"{CHANGES['en']}?since=2&until=3")
    assert "Unchanged: New access." in page.spoken, "between two editions, nothing is published again"


def test_an_old_edition_that_no_list_offers_is_compared_too(demo: Office) -> None:
    page = visit(demo, f"{CHANGES['en']}?since=1&until=2")
    assert "From edition 1," in page.spoken
    assert [option.attrs["value"] for option in page.all("option[selected]")] == ["1", "2"]


def test_the_question_alone_is_no_refusal(table: Office) -> None:
    for language, twin in (("fr", "en"), ("en", "fr")):
        page = visit(table, f"{CHANGES[language]}?utm_source=x")
        assert not page.all(".p-errors, main table")
        assert page.one("header .p-language").attrs["href"] == CHANGES[twin]


def test_the_twin_keeps_both_editions(table: Office) -> None:
    page = visit(table, f"{CHANGES['fr']}?since=1&until=3")
    assert page.one("header .p-language").attrs["href"] == f"{CHANGES['en']}?since=1&until=3"


NONE = ["4", "0", "un", "1" * 10_000, "١", "-1", "2147483648", "9" * 30, "1.0", "' OR 1=1 --", "\0", "<b>"]


@pytest.mark.parametrize("typed", NONE, ids=lambda typed: ascii(typed)[:12])
@pytest.mark.parametrize(("field", "other"), [("since", "until"), ("until", "since")])
def test_what_is_no_edition_is_told_beside_its_field_and_the_other_stays(
    table: Office, typed: str, field: str, other: str
) -> None:
    for language, sentence in (
        ("fr", "Cette édition n’existe pas. Choisissez-en une dans la liste."),
        ("en", "There is no such edition. Choose one from the list."),
    ):
        path = f"{CHANGES[language]}?{field}={quote(typed)}&{other}=2"
        page = inspect(table, table.get(path), path, status=422)
        assert sentence in page.one(f"#{field}-error").to_text()
        assert f"{field}-error" in page.one(f"#{field}").attrs["aria-describedby"].split()
        assert page.all(f".p-errors a[href='#{field}']")
        assert [option.attrs["value"] for option in page.all(f"#{other} option[selected]")] == ["2"]
        assert not page.all("main table, b")


LATEST = {
    "fr": "L’édition 3 est la plus récente : rien n’a changé depuis.",
    "en": "Edition 3 is the latest: nothing has changed since.",
}
LATER = {
    "fr": "Sous « Jusqu’à », choisissez une édition plus récente que l’édition 2.",
    "en": "In “Until”, choose an edition more recent than edition 2.",
}


@pytest.mark.parametrize(
    ("since", "until", "sentences"),
    [("2", "2", LATER), ("2", "1", LATER), ("3", "1", LATEST), ("3", "3", LATEST), ("3", None, LATEST)],
)
def test_the_later_edition_must_come_after_the_first(
    table: Office, since: str, until: str | None, sentences: dict[str, str]
) -> None:
    for language, sentence in sentences.items():
        path = f"{CHANGES[language]}?since={since}" + (f"&until={until}" if until else "")
        page = inspect(table, table.get(path), path, status=422)
        assert sentence in said(page.one("#until-error"))
        assert [option.attrs["value"] for option in page.all("#since option[selected]")] == [since]


@pytest.mark.parametrize("query", ["since=", "until=", "since=&until=", "until=2"])
def test_a_question_that_names_no_first_edition_is_refused_in_words(table: Office, query: str) -> None:
    path = f"{CHANGES['fr']}?{query}"
    page = inspect(table, table.get(path), path, status=422)
    assert "Choisissez une édition." in said(page.one("#since-error"))
    path = f"{CHANGES['en']}?{query}"
    assert "Choose an edition." in said(inspect(table, table.get(path), path, status=422).one("#since-error"))
