"""The big list of naughty strings through every field: words and the right status, never a 500.

Both languages have the same templates: each string goes through one of them, in turn.
"""

import csv
import io
import json
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest

from tests.makers import Office
from tests.site.tricks import TRICKS
from tests.site.typed import SCHEMES, dangers, faults, is_one_line, publish_and_look, sendable

STRINGS = json.loads(Path(__file__).with_name("naughty").joinpath("blns.json").read_text("utf-8"))
REFUSED = {404, 410, 422, 400, 308, 301}


def test_the_corpus_is_whole() -> None:
    assert len(STRINGS) > 480


@pytest.mark.parametrize("name", ["type", "date"])
def test_no_text_breaks_the_check(demo: Office, name: str) -> None:
    for path, text in zip(cycle(["/fr/dates/verifier", "/en/dates/check"]), STRINGS, strict=False):
        query = {"type": "access-new", "date": "2026-11-01", name: sendable(text)}
        response = demo.get(f"{path}?{urlencode(query)}")
        assert response.status_code == 422, text
        assert not dangers(response.text)


@pytest.mark.parametrize("name", ["reference", "date"])
def test_no_text_breaks_the_lookup(demo: Office, name: str) -> None:
    for (number, text), path in zip(enumerate(STRINGS), cycle(["/fr/suivi/", "/en/status/"]), strict=False):
        form = {"reference": "9W88G-WVWN7-Y", "date": "2026-10-27", name: sendable(text)}
        response = demo.post(path, form, client=f"2001:db8:{number:x}::1")
        assert response.status_code == 422, text
        assert not dangers(response.text)


@pytest.mark.parametrize("name", ["form", "date", "user", "authoriser"])
def test_no_text_breaks_the_check_of_two_addresses(demo: Office, name: str) -> None:
    fit = {"form": "1234", "date": "2026-11-01", "user": "jacques@gmail.com", "authoriser": "jacques.untel@xx.com"}
    for (number, text), path in zip(enumerate(STRINGS), cycle(["/fr/preparer/", "/en/prepare/"]), strict=False):
        response = demo.post(path, {**fit, name: sendable(text)}, client=f"2001:db8:{number:x}::1")
        is_empty_date = name == "date" and not text.strip()  # a form that is sent today
        assert response.status_code == (200 if is_empty_date else 422), text
        assert not dangers(response.text)


@pytest.mark.parametrize(
    "pattern",
    ["/fr/dates/{}/", "/en/dates/{}/feed.rss", "/fr/avis/1/{}", "/en/notices/{}/x", "/fr/avis/clientele/{}/", "/en/{}"],
)
def test_no_address_breaks_the_site(demo: Office, pattern: str) -> None:
    for text in STRINGS:
        status = demo.get(pattern.format(quote(sendable(text), safe=""))).status_code
        assert status in REFUSED or (text in ("", "/", ".", "..") and status == 200), (text, status)


def test_no_page_number_breaks_the_list(demo: Office) -> None:
    for text in STRINGS:
        response = demo.get(f"/fr/avis/?{urlencode({'page': sendable(text)})}")
        assert response.status_code == (200 if text.strip() == "1" else 404), text


def test_no_text_breaks_the_search(demo: Office) -> None:
    for text, path in zip(STRINGS, cycle(["/fr/recherche/", "/en/search/"]), strict=False):
        response = demo.get(f"{path}?{urlencode({'q': sendable(text)})}")
        if response.status_code == 302:
            response = demo.get(response.headers["Location"])
        assert response.status_code in (200, 422), text
        assert not dangers(response.text), text


def test_no_notice_breaks_a_page_or_a_feed(office: Office) -> None:
    assert publish_and_look(office, STRINGS) > 400


@pytest.mark.parametrize(
    ("fragment", "found"),
    [
        ("<p>a <a href='https://exemple.ca/' rel='external noopener'>b</a></p>", []),
        ("<p><b>a</b></p>", ["<b>"]),
        ("<p onclick='x'>a</p>", ["<p onclick=x>"]),
        ("<style>a</style>", ["<style>"]),
        ("<a href='/fr/'>a</a>", ["<a href=/fr/>"]),
        ("<a href=' java\tscript:x'>a</a>", ["<a href= java\tscript:x>"]),
    ],
)
def test_the_net_holds_what_it_must(fragment: str, found: list[str]) -> None:
    assert faults(fragment, SCHEMES) == found
    assert bool(dangers(f"<div class=p-prose>{fragment}</div>")) == (bool(found) and "/fr/" not in fragment)


def test_there_are_enough_tricks_and_none_twice() -> None:
    assert len(TRICKS) >= 200
    assert len(set(TRICKS)) == len(TRICKS)


def test_no_trick_gets_past_a_page_or_a_feed(office: Office) -> None:
    assert publish_and_look(office, TRICKS) > len(TRICKS) - 20


def test_no_label_breaks_the_table(office: Office) -> None:
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(["row", "group", "group_fr", "group_en", "label_fr", "label_en"])
    for number, text in enumerate(STRINGS):
        if is_one_line(text):
            writer.writerow([f"row-{number}", "group", "Groupe", "Group", text, text])
    office.did("dates", "rows", office.file(sendable(rows.getvalue())))
    for path in ("/fr/dates/", "/en/dates/", "/fr/fils/", "/en/"):
        page = office.get(path)
        assert page.status_code == 200
        assert not dangers(page.text)
    for path in ("/fr/dates/fil.rss", "/en/dates/row-1/feed.rss"):
        ElementTree.fromstring(office.get(path).data)
