"""From an address to its file; what an answer is to an export; whether all was said at one moment."""

from typing import Any

import pytest

from portal.export.rules import Answer, NotWhole, file_of, outdated, right_until, said_arguments

HTML, JSON = "text/html", "application/json"


@pytest.mark.parametrize(
    ("address", "media_type", "file"),
    [
        ("/fr/", HTML, "fr/index.html"),
        ("/fr/dates/changements", HTML, "fr/dates/changements.html"),
        ("/fr/dates/fil.rss", "application/rss+xml", "fr/dates/fil.rss"),
        ("/api/v1/dates", JSON, "api/v1/dates.json"),
        ("/api/v1/dates.csv", "text/csv", "api/v1/dates.csv"),
        ("/.well-known/security.txt", "text/plain", ".well-known/security.txt"),
        ("/fr/avis/?page=2", HTML, "fr/avis/@page=2.html"),
        ("/fr/dates/changements?since=3", HTML, "fr/dates/changements@since=3.html"),
        ("/fr/avis/fil.rss?clientele=a%2Cb", "application/rss+xml", "fr/avis/fil.rss@clientele=a,b.rss"),
        ("/fr/recherche/?q=d%C3%A9lai", HTML, "fr/recherche/@589da8b3245b.html"),
        ("/fr/d%C3%A9lai/", HTML, "fr/délai/index.html"),
    ],
)
def test_each_address_has_a_file(address: str, media_type: str, file: str) -> None:
    assert file_of(address, media_type) == file


@pytest.mark.parametrize("address", ["/fr/../secret", "/fr/%2e%2e/x", "/.htaccess", "/fr/a%00b", "/fr/a%5Cb", "/x@y"])
def test_an_address_that_no_file_can_have_is_refused(address: str) -> None:
    with pytest.raises(NotWhole, match="cannot be a file"):
        file_of(address, HTML)


def test_a_type_without_an_ending_is_refused() -> None:
    with pytest.raises(NotWhole, match="has no ending"):
        file_of("/fr/dates", "application/x-unknown")


def an_answer(address: str = "/fr/", status: int = 200, **changes: Any) -> Answer:
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "public, max-age=7", "etag": '"x"'}
    return Answer(address, status, changes.pop("headers", headers), **changes)


@pytest.mark.parametrize(
    ("answer", "linked", "former"),
    [
        (an_answer(), "page", "page"),
        (an_answer(status=301), "moved", "moved"),
        (an_answer(status=404), "fault", "absent"),
        (an_answer(status=410), "fault", "gone"),
        (an_answer(status=500), "fault", "fault"),
        (an_answer("/en/404.html", 404), "refusal", "refusal"),
        (an_answer("/en/404.html"), "fault", "fault"),
        (an_answer(headers={"age": "5"}), "fault", "fault"),
    ],
)
def test_an_answer_is_one_of_six_things(answer: Answer, linked: str, former: str) -> None:
    assert (answer.kind(is_linked=True), answer.kind(is_linked=False)) == (linked, former)


def test_a_host_says_what_the_site_says_and_makes_the_tag_itself() -> None:
    assert an_answer(max_age=60).said() == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "public, max-age=60",
    }
    assert an_answer(headers={"cache-control": "no-store"}).said() == {"cache-control": "no-store"}


def test_arguments_are_looked_up_in_one_order() -> None:
    answer = an_answer("/fr/d%C3%A9lai?until=9&utm=x&since=3", arguments=("since", "until"))
    assert answer.asked == "/fr/délai?since=3&until=9"
    assert answer.canonical == "/fr/d%C3%A9lai?until=9&since=3"
    assert an_answer("/fr/?utm=x").canonical == "/fr/"
    assert answer.place == "fr/délai@until=9&utm=x&since=3.html"
    assert an_answer("/fr/", arguments=("page",)).asked == "/fr/?page="
    # nginx, too, takes the first.
    assert said_arguments("page=2&page=3", ("page",)) == "page=2"


def test_pages_of_two_moments_are_told_apart() -> None:
    old = an_answer("/old", revisions={"dates": 1, "site": 1})
    new = an_answer("/new", revisions={"dates": 2})
    over = an_answer("/over", valid_until=100.0)
    other = an_answer("/other", revisions={"notices": 9}, valid_until=101.0)
    assert outdated([old, new, over, other], now=100.0) == ["/old", "/over"]
    assert outdated([old, other], now=99.0) == []


def test_a_whole_is_right_as_long_as_its_parts() -> None:
    assert right_until([an_answer(valid_until=5.0), an_answer(), an_answer(valid_until=3.0)]) == 3.0
    assert right_until([an_answer()]) is None
