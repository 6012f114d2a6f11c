"""What other sites show of a row: the fragment and the badge, over HTTP."""

from xml.etree import ElementTree

import pytest
import time_machine
from werkzeug.test import TestResponse

from tests.makers import ROWS, Office, in_quebec
from tests.visitor import NBSP, visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
SVG = "{http://www.w3.org/2000/svg}"
FRAMES = ["/fr/integrer/dates/new", "/en/embed/dates/new"]


@pytest.fixture
def table(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    return office


def drawn(answer: TestResponse) -> ElementTree.Element:
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)


def words_of(answer: TestResponse) -> list[str]:
    return ["".join(text.itertext()).replace(NBSP, " ") for text in drawn(answer).iter(f"{SVG}text")]


def test_the_fragment_says_the_date_its_day_and_the_next_update(table: Office) -> None:
    page = visit(table, FRAMES[0])
    assert page.spoken == (
        "Nouvel accès Nous traitons les demandes reçues le 30 octobre 2026. En date du 17 novembre 2026. "
        "Prochaine mise à jour : 24 novembre 2026. Portail d’information – Nouvel accès"
    )
    assert page.one("main a").attrs["href"] == "/fr/dates/new/"
    assert all(link.attrs["target"] == "_top" for link in page.all("a"))
    assert not page.all("script, img, form, button")


def test_the_fragment_says_when_an_update_is_overdue_and_no_more_when_it_comes(
    table: Office, clock: time_machine.Traveller
) -> None:
    clock.move_to(in_quebec("2026-11-27 23:59:59"))
    assert "Update overdue" not in visit(table, FRAMES[1]).spoken
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    assert "As of November 17, 2026. Update overdue" in visit(table, FRAMES[1]).spoken


def test_the_next_update_goes_when_its_day_has_come(table: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-23 23:59:59"))
    first = table.get(FRAMES[0])
    assert "Prochaine mise à jour" in first.text
    assert first.headers["Cache-Control"] == "public, max-age=1, s-maxage=1", "it expires at midnight"
    clock.move_to(in_quebec("2026-11-24 00:00:00"))
    assert "Prochaine mise à jour" not in table.get(FRAMES[0]).text


@pytest.mark.parametrize(
    ("row", "french", "english"),
    [
        ("b2b-test", "Mise à jour en retard", "Update overdue"),
        ("access-removal", "Nous sommes à jour", "We are up to date"),
        (
            "selat-change",
            "Le traitement de ces demandes est suspendu.",
            "The processing of these requests is suspended.",
        ),
        ("directives-renewal", "Cette ligne a été fusionnée", "This row was merged into another"),
    ],
)
def test_each_kind_of_row_has_its_words(demo: Office, row: str, french: str, english: str) -> None:
    for path, words, mark in (
        (f"/fr/integrer/dates/{row}", french, "Démonstration"),
        (f"/en/embed/dates/{row}", english, "Demonstration"),
    ):
        page = visit(demo, path)
        assert words in page.spoken
        assert page.spoken.endswith(mark)


def test_a_row_that_was_never_published_or_has_ended_says_so(office: Office, clock: time_machine.Traveller) -> None:
    rows = ROWS.replace("grace_days\n", "grace_days,last_day\n").replace(
        "access,,7,3,10\n", "access,,7,3,10,2026-11-18\n"
    )
    office.did("dates", "rows", office.file(rows.replace("4123,7,3,10\n", "4123,7,3,10,\n")))
    assert "Aucune date n’est encore publiée" in visit(office, FRAMES[0]).spoken
    assert words_of(office.get(f"{FRAMES[0]}.svg")) == ["Nouvel accès", "aucune date"]
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    assert "18 novembre 2026" in visit(office, FRAMES[0]).spoken
    assert words_of(office.get(f"{FRAMES[0]}.svg")) == ["Nouvel accès", "terminée"]
    assert words_of(office.get("/en/embed/dates/b2b.svg")) == ["B2B access", "no date yet"]


def test_a_badge_is_one_picture_that_says_the_row_and_its_date(table: Office) -> None:
    for path, title, words in (
        (FRAMES[0], "Nouvel accès : 30 octobre 2026", ["Nouvel accès", "30 octobre 2026"]),
        (FRAMES[1], "New access: October 30, 2026", ["New access", "October 30, 2026"]),
    ):
        svg = drawn(table.get(f"{path}.svg"))
        assert svg.get("role") == "img"
        assert svg.findtext(f"{SVG}title", "").replace(NBSP, " ") == title
        assert words_of(table.get(f"{path}.svg")) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("new,2026-10-30,received_up_to", "jusqu’au 30 octobre 2026"),
        ("new,,up_to_date", "à jour"),
        ("new,,suspended", "suspendu"),
    ],
)
def test_a_badge_says_what_a_date_means(table: Office, line: str, words: str) -> None:
    table.publishes_dates(f"row,received_on,meaning\n{line}\n", as_of="2026-11-18", confirm=True)
    assert words_of(table.another_worker().get(f"{FRAMES[0]}.svg")) == ["Nouvel accès", words]


def test_a_badge_is_marked_late_at_the_midnight_that_makes_it_so(table: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-27 23:59:59"))
    since = table.get(f"{FRAMES[0]}.svg").headers["Last-Modified"]
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    late = table.get(f"{FRAMES[0]}.svg", If_Modified_Since=since)
    assert words_of(late) == ["Nouvel accès", "30 octobre 2026", "en retard"]


def test_a_badge_of_the_demonstration_says_so(demo: Office) -> None:
    assert words_of(demo.get("/fr/integrer/dates/access-new.svg"))[-1] == "démonstration"
    assert words_of(demo.get("/en/embed/dates/directives-renewal.svg"))[1:] == ["merged", "demonstration"]


HOSTILE = [
    "<script>alert(1)</script>",
    "A & B",
    "]]>",
    '" onload="alert(1)',
    "&lt;",
    "A" * 100,
    "日本語" * 30,
]


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_breaks_out_of_what_other_sites_show(office: Office, label: str) -> None:
    quoted = '"' + label.replace('"', '""') + '"'
    office.did("dates", "rows", office.file(ROWS.replace("Nouvel accès", quoted)))
    svg = drawn(office.get(f"{FRAMES[0]}.svg"))
    assert svg.findtext(f"{SVG}title", "").startswith(label.replace(NBSP, " ")[:30].rstrip())
    assert {child.tag for child in svg} == {f"{SVG}title", f"{SVG}rect", f"{SVG}text"}
    assert not [name for element in svg.iter() for name in element.attrib if name.startswith("on")]
    for text, box in zip(svg.iter(f"{SVG}text"), svg.iter(f"{SVG}rect"), strict=True):
        assert float(text.get("textLength", "")) < float(box.get("width", ""))
    page = visit(office, FRAMES[0])
    assert page.one("h1").to_text(separator="", strip=False) == label
    assert not page.all("script")
    code = visit(office, "/fr/dates/new/").all(".p-paste__code code")[0].to_text(separator="", strip=False)
    assert code.startswith('<iframe src="http://portal.test/fr/integrer/dates/new" width="300" height="160" title="')
    assert code.count("<") == 2, "what is pasted holds one element, whatever the label"


def test_a_row_page_gives_codes_that_lead_to_what_exists(demo: Office) -> None:
    page = visit(demo, "/en/dates/access-new/")
    codes = [code.to_text(separator="", strip=False) for code in page.all(".p-paste__code code")]
    assert codes == [
        '<iframe src="http://portal.test/en/embed/dates/access-new" width="300" height="160" '
        'title="New access to the online services" loading="lazy"></iframe>',
        '<a href="http://portal.test/en/dates/access-new/">'
        '<img src="http://portal.test/en/embed/dates/access-new.svg" height="20" '
        'alt="Processing date: New access to the online services"></a>',
    ]
    assert [button.attrs["data-copies"] for button in page.all(".p-paste button")] == codes
    for link in page.all(".p-more a"):
        assert demo.get(link.attrs["href"]).status_code == 200


def test_a_row_that_is_gone_is_offered_to_no_other_site(demo: Office) -> None:
    assert not visit(demo, "/fr/dates/directives-renewal/").all(".p-more")
