"""What an export holds: every address of the site, to the byte, and no link that leads nowhere."""

import gzip
import shutil
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from justhtml import JustHTML
from selectolax.lexbor import LexborHTMLParser
from time_machine import travel
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from portal.app import create_app
from portal.feeds.rules import Format
from portal.web.door.headers import is_desk
from tests.export.conftest import NOW, Exported
from tests.feeds.strict import MEDIA, Asked, faults
from tests.makers import PUBLIC_URL, Office
from tests.visitor import Visit, check_elements, said as words_of

#: What a static host has no use for, or cannot know: who asks, and what a search or a check of a date would answer.
LEFT_OUT = {"health.alive", "health.ready", "demo.components"}
#: Of the bytes or of the moment, so a host says them in its own way.
OF_THE_HOST = {"content-length", "etag", "vary", "last-modified", "cache-control"}


def test_every_file_is_what_another_worker_answers_to_the_byte(made: Exported, tmp_path: Path) -> None:
    shutil.copytree(made.office.data, tmp_path / "data", ignore=shutil.ignore_patterns("pages"))
    with travel(NOW):
        worker = Office(tmp_path / "data")
        for address, said in made.addresses.items():
            answer = worker.get(address)
            assert answer.status_code == said["status"], address
            if "file" in said:
                assert (made.site / said["file"]).read_bytes() == answer.data, address
                answer.close()  # a file of ours
                headers = {name.lower(): value for name, value in answer.headers.items()}
                kept = {name: value for name, value in headers.items() if name not in OF_THE_HOST}
                assert {n: v for n, v in said["headers"].items() if n != "cache-control"} == kept, address
            else:
                assert answer.headers["Location"] == said["headers"]["location"]


def test_every_file_of_the_site_has_an_address(made: Exported) -> None:
    files = {said["file"] for said in made.addresses.values() if "file" in said}
    others = {"404.html", "503.html", "_headers", "_redirects"}
    found = {str(path.relative_to(made.site)) for path in made.site.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith((".br", ".gz"))} == files | others


def test_the_twins_hold_the_same_and_are_as_old(made: Exported) -> None:
    twins = [path for path in made.site.rglob("*") if path.suffix in (".br", ".gz")]
    assert {path.with_suffix("").suffix for path in twins} >= {".html", ".rss", ".atom", ".json", ".css", ".js", ".xml"}
    for twin in twins:
        whole = twin.with_suffix("")
        unpacked = {".br": brotli.decompress, ".gz": gzip.decompress}[twin.suffix](twin.read_bytes())
        assert unpacked == whole.read_bytes()
        assert twin.stat().st_mtime_ns == whole.stat().st_mtime_ns
        assert twin.stat().st_size < whole.stat().st_size


def test_every_link_of_every_page_leads_to_a_file(made: Exported) -> None:
    known, seen = made.addresses, set()
    for address, said in made.pages.items():
        if not said["headers"]["content-type"].startswith("text/html"):
            continue
        for element in LexborHTMLParser(made.content(address)).css("[href], [src]"):
            link = element.attributes.get("href") or element.attributes.get("src") or ""
            whole = urlsplit(urljoin(PUBLIC_URL + address, link))
            if f"{whole.scheme}://{whole.netloc}" == PUBLIC_URL and not is_desk(whole.path):
                led = whole.path + (f"?{whole.query}" if whole.query else "")
                assert led in known, f"{address} leads to {led}, of which there is no file"
                seen.add(led)
    assert len(seen) > 100


def test_every_form_of_every_page_leads_to_a_page(made: Exported) -> None:
    for address, said in made.pages.items():
        if said["headers"]["content-type"].startswith("text/html"):
            for form in LexborHTMLParser(made.content(address)).css("form[action]"):
                assert form.attributes["action"] in made.pages


def routes(exported: Exported) -> Map:
    return create_app(exported.office.config).url_map


def endpoint(known: Map, address: str) -> str:
    """Return what answers an address, with its language; nothing for a file that the application does not know."""
    try:
        found, arguments = known.bind("portal.test").match(address.partition("?")[0])
    except HTTPException:
        return ""
    return f"{found} {arguments.get('language', '')} {arguments.get('kind', '')} {'archive' in arguments}"


def test_every_kind_of_address_is_there(made: Exported) -> None:
    known = routes(made)
    asked = {endpoint(known, address) for address in made.addresses}
    wanted = {
        f"{rule.endpoint} {(rule.defaults or {}).get('language', '')}"
        for rule in known.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint not in LEFT_OUT
    }
    # Nothing was corrected here, so nothing has versions to compare.
    assert wanted - {" ".join(words.split(" ")[:2]) for words in asked} <= {
        "notices.versions fr",
        "notices.versions en",
        "notices.changes fr",
        "notices.changes en",
    }


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_every_feed_is_sound(made: Exported, kind: Format) -> None:
    feeds = [a for a, said in made.pages.items() if said["headers"]["content-type"].startswith(MEDIA[kind])]
    assert len(feeds) >= 18
    for address in feeds:
        assert faults(made.content(address), Asked(PUBLIC_URL + address, kind, address[1:3])) == [], address


def test_the_pages_with_arguments_to_which_a_page_leads_are_there(made: Exported) -> None:
    assert made.pages["/fr/contact/?region=montreal"]["file"] == "fr/contact/@region=montreal.html"
    assert made.pages["/fr/dates/changements?since=1"]["file"] == "fr/dates/changements@since=1.html"
    assert made.pages["/en/prepare/?form=4058"]["file"] == "en/prepare/@form=4058.html"
    assert made.pages["/api/v1/editions/3"]["file"] == "api/v1/editions/3.json"


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("404.html", "Page introuvable", "Page not found"),
        ("503.html", "Impossible pour l’instant", "This cannot be done for now"),
    ],
)
def test_what_a_host_cannot_do_is_said_in_both_languages(made: Exported, name: str, french: str, english: str) -> None:
    document = JustHTML((made.site / name).read_text("utf-8"), strict=True, sanitize=False)
    with travel(NOW):
        page = Visit(made.office.get("/fr/nulle-part"), document)
    assert page.one("html").attrs["lang"] == "fr-CA"
    assert words_of(page.one("h1")) == french
    assert words_of(page.one("main section[lang='en-CA'] h2")) == english
    for part in ("main section[lang='en-CA']", "aside"):
        phones = {link.attrs["href"] for link in page.all(f"{part} a[href^='tel:']")}
        assert phones == {"tel:+14187804208", "tel:+15146873612", "tel:+18883303023"}
    for link in page.all("a[href^='/']"):
        assert link.attrs["href"].partition("#")[0] in made.pages
    check_elements(page)


def test_it_says_how_much_it_wrote_and_until_when_it_is_right(exported: Exported) -> None:
    said = exported.again()
    pages = sum(s["headers"]["content-type"].startswith("text/html") for s in exported.pages.values())
    size = sum((exported.site / s["file"]).stat().st_size for s in exported.addresses.values() if "file" in s)
    assert said.startswith(f"{pages} pages and {len(exported.pages) - pages} other documents, {size / 1e6:.1f} MB, are")
    assert "Nothing changed." in said
    # The morning's hours end then.
    assert "right until 2026-02-16 at 12:00 in Québec" in said
