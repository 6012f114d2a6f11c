"""The history of a row, as visitors open it in both languages; what it costs the database."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from portal.app import create_app
from portal.store.database import database
from tests.conftest import DEMO_DAY
from tests.makers import PUBLIC_URL, ROWS, Office, an_office
from tests.visitor import said, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = f"{DEMO_DAY} 10:00"
HISTORY = {"fr": "/fr/dates/{}/historique/", "en": "/en/dates/{}/history/"}
HEADING = "row,received_on,meaning\n"
LONGEST = 10


@pytest.fixture
def table(office: Office) -> Office:
    """A row that moved, went back, and was put right after a mistake; and one never published."""
    office.did("dates", "rows", office.file(ROWS))
    for day, as_of in (("2026-10-05", "2026-10-20"), ("2026-10-13", "2026-10-27"), ("2026-10-09", "2026-11-03")):
        office.publishes_dates(HEADING + f"new,{day},\n", as_of=as_of, confirm=True)
    office.publishes_dates(HEADING + "new,2026-10-30,\n", as_of="2026-11-10")
    office.did("dates", "undo", "4", "--reason", "Typed wrongly")
    return office


def lines(office: Office, path: str) -> list[list[str]]:
    return [[said(cell) for cell in row.query("th, td")] for row in visit(office, path).all("main tbody tr")]


def test_a_history_lists_what_was_published_newest_first_with_moves_and_delays(table: Office) -> None:
    found = lines(table, HISTORY["en"].format("new"))
    assert [line[1] for line in found] == ["October 9, 2026", "October 13, 2026", "October 5, 2026"]
    # Thanksgiving, 12 October, is no working day.
    assert ["−1" in found[0][2], found[1][2]] == [True, "+5"]
    assert [line[3] for line in found] == ["16", "10", "10"]
    assert [("As of" in line[0]) for line in found] == [True] * 3


def test_a_mistake_taken_back_is_named_and_neither_drawn_nor_listed(table: Office) -> None:
    for language, words in (
        ("fr", "annulées : édition 4, édition 5"),
        ("en", "Editions published by mistake and taken back are left out here: edition 4, edition 5"),
    ):
        page = visit(table, HISTORY[language].format("new"))
        assert words in page.spoken
        assert "30 octobre" not in page.spoken
        assert "October 30" not in page.spoken
        numbers = {a.attrs["href"].strip("/").split("/")[-1] for a in page.all("main a[href*='/editions/']")}
        assert numbers >= {"1", "2", "3", "4", "5"}


def test_both_charts_say_in_words_what_they_draw(table: Office) -> None:
    page = visit(table, HISTORY["en"].format("new"))
    charts = page.all("main svg[role='img']")
    assert len(charts) == 2
    words = [said(chart.query("desc")[0]) for chart in charts]
    assert words[0].startswith("The delay goes from 10 to 16 working days")
    assert words[1] == "The line goes from October 5, 2026 to October 9, 2026. It went back once."
    assert "A triangle marks a date that went back." in page.spoken


def test_a_row_never_published_says_so_and_draws_nothing(table: Office) -> None:
    for language, words in (("fr", "encore"), ("en", "Nothing has been published for this kind of request yet.")):
        page = visit(table, HISTORY[language].format("b2b"))
        assert words in page.spoken
        assert not page.all("main svg[role='img'], main table")


def test_a_row_that_never_had_a_date_has_a_table_and_no_chart(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates(HEADING + "new,,suspended\n", as_of="2026-11-17")
    page = visit(office, HISTORY["en"].format("new"))
    assert not page.all("main svg[role='img']")
    assert [line[1] for line in lines(office, HISTORY["en"].format("new"))] == ["Suspended"]
    visit(office, HISTORY["fr"].format("new"))


def test_a_history_of_years_has_a_page_for_each_that_leads_to_the_others(demo: Office) -> None:
    whole = visit(demo, HISTORY["fr"].format("b2b-new"))
    years = [a.attrs["href"] for a in whole.all("nav a[href*='/historique/20']")]
    assert years == [f"/fr/dates/b2b-new/historique/{year}/" for year in (2026, 2025, 2024)]
    for path in years:
        page = visit(demo, path)
        year = path.strip("/").rpartition("/")[2]
        assert page.one("nav a[aria-current='page'][href*='/historique/']").attrs["href"] == path
        assert all(year in line[0] for line in lines(demo, path))
        assert page.one("header .p-language").attrs["href"] == f"/en/dates/b2b-new/history/{year}/"
    assert sum(len(lines(demo, path)) for path in years) == 104


@pytest.mark.parametrize("year", ["2023", "2027", "0", "1", "99999", "9" * 30])
def test_a_year_without_an_edition_leads_to_those_there_are(demo: Office, year: str) -> None:
    for language in HISTORY:
        page = visit(demo, f"{HISTORY[language].format('b2b-new')}{year}/", status=404)
        links = [a.attrs["href"] for a in page.all("main a[href*='/b2b-new/']")]
        assert links == [f"{HISTORY[language].format('b2b-new')}{known}/" for known in (2024, 2025, 2026)]


@pytest.mark.parametrize("year", ["x", "-1", "20.26", "2026x", "9" * 5_000])
def test_what_is_no_year_is_not_found(demo: Office, year: str) -> None:
    assert demo.get(f"/fr/dates/b2b-new/historique/{year}/").status_code == 404


UNKNOWN = {
    "dates.row": ("/fr/dates/{}/", "/en/dates/{}/"),
    "history.whole": ("/fr/dates/{}/historique/", "/en/dates/{}/history/"),
    "history.year": ("/fr/dates/{}/historique/2026/", "/en/dates/{}/history/2026/"),
    "dates.row_feed": ("/fr/dates/{}/fil.rss", "/en/dates/{}/feed.rss"),
}


@pytest.mark.parametrize("kind", UNKNOWN)
@pytest.mark.parametrize("row", ["unknown", "NEW", "é", "x" * 5_000])
def test_an_unknown_row_leads_to_the_same_page_of_each_row_there_is(table: Office, kind: str, row: str) -> None:
    for pattern in UNKNOWN[kind]:
        page = visit(table, pattern.format(row), status=404)
        links = {a.attrs["href"]: said(a) for a in page.all("main a")}
        label = "Nouvel accès" if pattern.startswith("/fr") else "New access"
        assert links[pattern.format("new")] == label
        assert pattern.format("b2b") in links


def test_a_row_without_editions_offers_no_year(table: Office) -> None:
    page = visit(table, "/en/dates/b2b/history/2026/", status=404)
    assert not page.all("main a[href*='/history/']")


@contextmanager
def statements(office: Office, path: str) -> Generator[list[str]]:
    """What the database is asked for while a page is made that nothing has kept."""
    app = create_app(office.config)
    told: list[str] = []
    with app.app_context():
        engine = database.engine

    def tell(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement != "BEGIN":
            told.append(statement)

    event.listen(engine, "before_cursor_execute", tell)
    answer = app.test_client().get(path, base_url=PUBLIC_URL)
    assert answer.status_code == 200
    yield told
    engine.dispose()


@pytest.mark.parametrize(
    "path",
    [
        "/fr/dates/b2b-certificate/historique/",
        "/en/dates/selat-new/history/2026/",
        "/fr/dates/b2b-certificate/",
        "/fr/dates/verifier?type=selat-new&date=2026-11-16",
        "/en/dates/check?type=b2b-certificate&date=2026-01-05",
        "/fr/dates/editions/",
        "/fr/dates/editions/50/",
    ],
)
def test_a_page_asks_the_database_ten_times_at_most(demo: Office, path: str) -> None:
    with statements(demo, path) as told:
        assert 1 <= len(told) <= LONGEST, "\n".join(told)


def test_a_copy_of_a_history_ends_with_the_next_edition(table: Office) -> None:
    path = HISTORY["en"].format("new")
    tag = visit(table, path).response.headers["ETag"]
    table.publishes_dates(HEADING + "new,2026-10-14,\n", as_of="2026-11-17")
    other = an_office(table.data)
    assert other.get(path, If_None_Match=tag).status_code == 200
    assert lines(other, path)[0][1] == "October 14, 2026"
