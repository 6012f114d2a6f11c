"""How a feed answers over HTTP: nothing is sent twice, nothing is kept twice, and any reader may ask (RFC 9110)."""

import gzip
from email.utils import formatdate
from itertools import permutations
from pathlib import Path

import brotli
import pytest
from time_machine import travel

from portal.feeds.rules import FORMATS
from tests.makers import Office, an_office

PATHS = ["/fr/avis/fil", "/en/notices/audience/developers/feed", "/fr/dates/fil", "/en/dates/access-new/feed-1"]
FEEDS = [f"{path}.{kind}" for path in PATHS for kind in FORMATS]
FEEDS.append("/en/notices/feed.atom?clientele=professionals,developers")
LONG_AGO, TO_COME = formatdate(1_000_000_000, usegmt=True), formatdate(2_100_000_000, usegmt=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Office:
    """A demonstration that no test of this file changes."""
    return an_office(tmp_path_factory.mktemp("site"), like=demonstrated)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_says_how_long_it_may_be_kept_and_by_whom_it_may_be_read(site: Office, path: str) -> None:
    headers = site.get(path).headers
    assert headers["Cache-Control"] == "public, max-age=900, s-maxage=1, stale-while-revalidate=4, stale-if-error=3600"
    assert headers.get_all("Vary") == ["Accept-Encoding"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["ETag"].startswith('"')
    assert headers["ETag"].endswith('"')
    assert "Set-Cookie" not in headers
    # Not the hour of the question: that of the last change of what is told.
    assert headers["Last-Modified"] == site.another_worker().get(path).headers["Last-Modified"]
    assert headers["Last-Modified"].endswith(" GMT")


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_that_has_a_feed_is_told_so_however_it_asks(site: Office, path: str) -> None:
    feed = site.get(path)
    tag, date = feed.headers["ETag"], feed.headers["Last-Modified"]
    packed = site.get(path, Accept_Encoding="gzip").headers["ETag"]
    for given in (tag, f"W/{tag}", packed, f"W/{packed}", f'"a", W/"b",{tag}', f'{tag}, "a"', "*", " * "):
        answer = site.get(path, If_None_Match=given)
        assert (answer.status_code, answer.data) == (304, b""), given
        assert "Content-Type" not in answer.headers
        for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
            assert answer.headers[name] == feed.headers[name]
    for since in (date, TO_COME):
        assert site.get(path, If_Modified_Since=since).status_code == 304
        assert site.head(path, If_Modified_Since=since).status_code == 304


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_that_has_another_feed_is_sent_this_one(site: Office, path: str) -> None:
    date = site.get(path).headers["Last-Modified"]
    for tag in ('"a"', 'W/"a", "b"', '""', "a", ""):
        assert site.get(path, If_None_Match=tag).status_code == 200, tag
    assert site.get(path, If_None_Match='"a"', If_Modified_Since=date).status_code == 200  # the tag alone counts
    for since in (LONG_AGO, "hier", "", "Fri, 31 Feb 2026 00:00:00 GMT"):
        assert site.get(path, If_Modified_Since=since).status_code == 200, since


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_a_head_and_a_packed_feed_are_the_feed(site: Office, path: str, encoding: str) -> None:
    plain = site.get(path)
    feed, head = (ask(path, Accept_Encoding=encoding) for ask in (site.get, site.head))
    assert feed.headers.get("Content-Encoding", "") == encoding
    assert {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding](feed.data) == plain.data
    assert (head.status_code, head.data, head.headers) == (200, b"", feed.headers)
    assert int(feed.headers["Content-Length"]) == len(feed.data)


def copies(office: Office) -> int:
    """Return how many pages are kept on the disk."""
    return len(list(office.data.glob("pages/*/*")))


def test_a_name_that_a_feed_does_not_know_is_kept_nowhere(demo: Office) -> None:
    feeds = [path for path in FEEDS if "?" not in path]
    plain = [demo.get(path) for path in feeds]
    kept = copies(demo)
    assert kept == len(feeds)
    for query in ("utm_source=x", "a=1&b=2", "page=2", "_=1700000000", "=", "&&", "%FF=%00", "Clientele=developers"):
        for path, feed in zip(feeds, plain, strict=True):
            answer = demo.get(f"{path}?{query}")
            assert (answer.data, answer.headers["ETag"]) == (feed.data, feed.headers["ETag"]), query
    assert copies(demo) == kept


def test_a_union_is_kept_once_however_it_is_spelled(demo: Office) -> None:
    path = "/fr/avis/fil.rss"
    right = f"{path}?clientele=professionals,institutions,developers"
    assert demo.get(right).status_code == 200
    kept = copies(demo)
    words = ("professionals", "institutions", "developers")
    spellings = [",".join(words) for words in permutations(words)][1:]
    spellings += [f"{','.join(words)},developers", ",".join(words).upper(), ", ".join(words), f",{','.join(words)},,"]
    for spelling in spellings:
        answer = demo.get(f"{path}?clientele={spelling}")
        assert answer.status_code == 301, spelling
        assert answer.headers["Location"].endswith(right), spelling
    assert copies(demo) == kept


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("professionals", "/fr/avis/clientele/professionals/fil.rss"),
        ("", "/fr/avis/fil.rss"),
        ("professionals,dispensers,institutions,developers,rehabilitation", "/fr/avis/fil.rss"),
    ],
)
def test_one_audience_and_all_of_them_have_their_own_address(demo: Office, query: str, place: str) -> None:
    answer = demo.get(f"/fr/avis/fil.rss?clientele={query}")
    assert (answer.status_code, answer.headers["Location"].removeprefix("http://portal.test")) == (301, place)


@pytest.mark.parametrize("query", ["nobody", "professionals,nobody", "*", "professionals;developers", "x" * 10_000])
def test_an_audience_that_does_not_exist_has_no_feed(demo: Office, query: str) -> None:
    assert demo.get(f"/fr/avis/fil.rss?clientele={query}").status_code == 404


@pytest.mark.parametrize("kind", FORMATS)
def test_a_feed_in_which_something_is_to_appear_is_kept_no_longer(office: Office, kind: str) -> None:
    with travel("2026-03-02T10:00:00-05:00", tick=False) as traveller:
        office.publishes_notice(key="soon", published="2026-03-02 10:05")
        feed = office.get(f"/fr/avis/fil.{kind}")
        assert feed.headers["Cache-Control"] == "public, max-age=300, s-maxage=1"
        assert "Jours de fermeture" not in feed.text
        traveller.move_to("2026-03-02T10:05:00-05:00")
        for validator in (
            {"If_None_Match": feed.headers["ETag"]},
            {"If_Modified_Since": feed.headers["Last-Modified"]},
        ):
            later = office.get(f"/fr/avis/fil.{kind}", **validator)
            assert (later.status_code, later.headers["Cache-Control"]) == (
                200,
                "public, max-age=900, s-maxage=1, stale-while-revalidate=4, stale-if-error=3600",
            )
            assert "Jours de fermeture" in later.text


ROWS = "row,group,group_fr,group_en,label_fr,label_en,merged_into,last_day\n"


@pytest.mark.parametrize("kind", FORMATS)
def test_the_feed_of_a_merged_row_has_moved_and_that_of_an_ended_one_is_retired(office: Office, kind: str) -> None:
    with travel("2026-03-02T10:00:00-05:00"):
        rows = "new,gr,G,G,Nouveau,New,,\nold,gr,G,G,Ancien,Old,new,\nshort,gr,G,G,Court,Short,,2026-03-31\n"
        office.did("dates", "rows", office.file(ROWS + rows))
        moved = office.get(f"/en/dates/old/feed.{kind}")
        assert (moved.status_code, moved.headers["Location"]) == (301, f"/en/dates/new/feed.{kind}")
        assert office.get(f"/fr/dates/short/fil.{kind}").status_code == 200
    with travel("2026-12-01T10:00:00-05:00"):
        gone = office.another_worker().get(f"/fr/dates/short/fil.{kind}")
        assert gone.status_code == 410
        assert "Set-Cookie" not in gone.headers
