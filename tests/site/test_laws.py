"""Laws for every page of the site: they are asked of the route map, so that no new page escapes them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from portal.app import create_app
from tests.addresses import ADDRESSES, address, is_page
from tests.makers import Office
from tests.visitor import inspect, visit

#: More pages of the same routes, each with something of its own.
MORE = [
    "/fr/dates/b2b-test/",
    "/en/dates/b2b-test/",
    "/fr/dates/directives-renewal/",
    "/en/dates/directives-renewal/",
    "/fr/integrer/dates/b2b-test",
    "/en/embed/dates/selat-change",
    "/fr/integrer/dates/directives-renewal",
    "/en/embed/dates/access-removal",
    "/fr/dates/verifier?type=access-new&date=2026-11-10",
    "/en/dates/check?type=selat-change&date=2026-11-10",
    "/fr/recherche/?q=dates+de+traitement",
    "/en/search/?q=4058",
]

#: There are hundreds of editions, and as many comparisons: of each kind of page and each language, so many are opened.
MOST_OF_A_KIND = 6


@pytest.fixture(scope="session")
def app(demonstrated: Path) -> Flask:
    return create_app(Office(demonstrated).config)


def listed(app: Flask) -> Iterator[str]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield f"{methods:5} {rule.rule:46} {rule.endpoint}"


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]


def test_the_list_of_addresses_is_a_contract(app: Flask) -> None:
    found = "\n".join(listed(app)) + "\n"
    assert found == ADDRESSES.read_text("utf-8"), (
        "the addresses changed: a new one is added to tests/site/addresses.txt, "
        f"a removed one needs a redirect and a line in CHANGELOG.md:\n{found}"
    )


def test_every_page_is_sound_in_both_languages(demo: Office, app: Flask) -> None:
    pages = [rule for rule in rules(app) if is_page(rule.rule)]
    assert len({rule.endpoint for rule in pages}) * 2 == len(pages)
    for rule in pages:
        visit(demo, address(rule.rule), is_kept=rule.endpoint != "status.lookup")


@pytest.mark.parametrize("path", MORE)
def test_every_kind_of_page_is_sound(demo: Office, path: str) -> None:
    visit(demo, path)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fr/nulle-part", 404),
        ("/en/nowhere", 404),
        ("/fr/dates/inconnue/", 404),
        ("/en/notices/99/x", 404),
        ("/fr/integrer/dates/inconnue", 404),
        ("/en/embed/nothing", 404),
        ("/fr/avis/clientele/tous/", 404),
        ("/fr/dates/verifier?type=&date=", 422),
        ("/en/dates/check?type=access-new&date=2999-01-01", 422),
        ("/fr/recherche/?q=%3F", 422),
        ("/en/search/?q=4058&page=2", 404),
    ],
)
def test_every_refusal_is_sound(demo: Office, path: str, status: int) -> None:
    visit(demo, path, status=status)


@pytest.mark.parametrize("path", ["/fr/suivi/", "/en/status/"])
@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"reference": "9W88G-WVWN7-Y", "date": "2026-10-27"}, 200),
        ({"reference": "9W88G-WVWN7-Y", "date": "2026-10-26"}, 200),
        ({"reference": "9W88G-WVWN7-Z", "date": "27/10/2026"}, 422),
        ({}, 422),
    ],
)
def test_every_answer_of_the_lookup_is_sound(demo: Office, path: str, form: dict[str, str], status: int) -> None:
    answer = inspect(demo, demo.post(path, form), path, status=status)
    assert not answer.all(f"[href*='{form.get('reference', 'reference=')}']"), "a reference never stands in an address"


def test_every_other_document_answers(demo: Office, app: Flask) -> None:
    for rule in rules(app):
        if not is_page(rule.rule) and "int:archive" not in rule.rule:  # test_feeds walks the archives there are
            response = demo.get(address(rule.rule))
            assert response.status_code == (302 if rule.rule == "/" else 200), rule.rule
            assert rule.rule == "/" or response.mimetype != "text/html", "a page has an address without a dot"
            assert "Set-Cookie" not in response.headers


def test_the_root_is_french_whatever_the_browser_asks(demo: Office) -> None:
    answer = demo.get("/", Accept_Language="en-CA,en;q=0.9")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/")


def kind(app: Flask, path: str) -> str:
    """Return the endpoint and the language of an address; an address that no route knows is a kind of its own."""
    try:
        endpoint, _arguments = app.url_map.bind("portal.test").match(path.partition("?")[0])
    except HTTPException:
        return path
    return f"{path[:3]} {endpoint}"


def test_every_link_of_the_site_answers(demo: Office, app: Flask) -> None:
    todo, seen, ids, asked = ["/fr/"], {"/fr/"}, {}, Counter[str]()
    while todo:
        path = todo.pop(0)
        asked[kind(app, path)] += 1
        if asked[kind(app, path)] > MOST_OF_A_KIND:
            continue
        response = demo.get(path)
        assert response.status_code == 200, f"{path}: {response.status}"
        if response.mimetype != "text/html":
            continue
        page = inspect(demo, response, path, is_kept="suivi" not in path and "status" not in path)
        ids[path] = {element.attrs["id"] for element in page.all("[id]")}
        links = {a.attrs["href"] for a in page.all("a[href^='/']")}
        todo += sorted({link.partition("#")[0] for link in links} - {link.partition("#")[0] for link in seen})
        seen |= links
    assert len(seen) > 60
    assert {f"/{language} editions.edition" for language in ("fr", "en")} <= set(asked)
    for path, _, place in (link.partition("#") for link in seen if "#" in link):
        assert path not in ids or place in ids[path], f"{path} has no #{place}"


def test_the_sitemap_lists_every_page_in_both_languages(demo: Office, app: Flask) -> None:
    listed = demo.get("/sitemap.xml").text
    for rule in rules(app):
        # Components are for builders, in development only; what is framed, and a comparison, are no places to arrive.
        if is_page(rule.rule) and rule.endpoint not in ("demo.components", "embeds.row", "notices.changes"):
            assert f"<loc>http://portal.test{address(rule.rule)}</loc>" in listed
