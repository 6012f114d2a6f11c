"""The big list of naughty strings through every field, in both languages: words and the right status, never a 500."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from justhtml import JustHTML

from portal.core.errors import FileRefused
from portal.core.tables import decoded
from tests.makers import Office, a_notice

STRINGS = json.loads(Path(__file__).with_name("naughty").joinpath("blns.json").read_text("utf-8"))
REFUSED = {404, 422, 400, 308, 301}


def sendable(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def dangers(page: str) -> list[str]:
    """What no typed text may bring into a page: elements, event attributes and addresses that run or fetch."""
    document = JustHTML(page, sanitize=False)
    found = [
        element.name
        for element in document.query(
            "script:not([src], [type='application/ld+json']), iframe, object, embed, img, main svg:not(.p-icon), style"
        )
    ]
    for element in document.query("*"):
        for name, value in (element.attrs or {}).items():
            if (element.name, name, (element.attrs or {}).get("rel")) == (
                "link",
                "href",
                "icon",
            ):  # ours: a data: address
                continue
            address = (value or "").strip().lower()
            if name.startswith("on") or (
                name in ("href", "src") and address.startswith(("javascript:", "data:", "vbscript:"))
            ):
                found.append(f"{element.name} {name}={value}")
    return found


def test_the_corpus_is_whole() -> None:
    assert len(STRINGS) > 480


@pytest.mark.parametrize(("path", "name"), [("/fr/dates/verifier", "date"), ("/en/dates/check", "date")])
def test_no_received_date_breaks_the_check(demo: Office, path: str, name: str) -> None:
    for text in STRINGS:
        query = urlencode({"type": "access-new", name: sendable(text)})
        assert demo.get(f"{path}?{query}").status_code == 422, text


@pytest.mark.parametrize("path", ["/fr/dates/verifier", "/en/dates/check"])
def test_no_kind_of_request_breaks_the_check(demo: Office, path: str) -> None:
    for text in STRINGS:
        response = demo.get(f"{path}?{urlencode({'type': sendable(text), 'date': '2026-11-01'})}")
        assert response.status_code == 422, text
        assert not dangers(response.text)


@pytest.mark.parametrize("path", ["/fr/suivi/", "/en/status/"])
@pytest.mark.parametrize("name", ["reference", "date"])
def test_no_text_breaks_the_lookup(demo: Office, path: str, name: str) -> None:
    for number, text in enumerate(STRINGS):
        form = {"reference": "9W88G-WVWN7-Y", "date": "2026-10-27", name: sendable(text)}
        response = demo.post(path, form, client=f"2001:db8:{number:x}::1")
        assert response.status_code == 422, text
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


def is_one_line(text: str) -> bool:
    """Say whether a text can stand on a line of a notice's file."""
    try:
        read = decoded(sendable(text))
    except FileRefused:
        return False
    return bool(read.strip()) and len(read.splitlines()) == 1 and len(read) <= 150


def test_no_notice_breaks_a_page_or_a_feed(office: Office) -> None:
    kept = 0
    for number, text in enumerate(STRINGS):
        changes = {"title_fr": text, "title_en": text} if is_one_line(text) else {}
        body = text if text.strip() and not text.startswith("---") else "Texte"
        file = a_notice(key=f"naughty-{number}", body_fr=body, body_en=body, **changes)
        ended = office.portal("notices", "publish", office.file(sendable(file), "notice.md"))
        assert ended.exit_code == 0 or "line " in ended.output, ended.output
        kept += ended.exit_code == 0
    assert kept > 400
    _assert_the_site_is_sound(office)


def _assert_the_site_is_sound(office: Office) -> None:
    for path in ("/fr/avis/fil.rss", "/en/notices/feed.rss"):
        items = ElementTree.fromstring(office.get(path).data).findall(".//item")
        assert len(items) == 50
    number, addresses = 1, []
    while (page := office.get(f"/fr/avis/?page={number}")).status_code == 200:
        addresses += [part.split('"')[0] for part in page.text.split('p-notice__title"><a href="')[1:]]
        number += 1
    assert len(addresses) > 400
    for address in addresses:
        found = office.get(address)
        assert found.status_code == 200, address
        assert not dangers(found.text), address


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
