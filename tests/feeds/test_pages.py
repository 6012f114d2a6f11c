"""Where a feed stands and what it becomes: unions of audiences under one address, rows that move and end."""

from itertools import combinations, permutations

import pytest
import time_machine

from portal.notices.rules import AUDIENCES
from tests.makers import Office, in_quebec
from tests.visitor import inspect, said, visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
KINDS = ("rss", "atom", "json")
FEEDS = {"fr": "/fr/avis/fil", "en": "/en/notices/feed"}
LISTS = {"fr": "/fr/avis/", "en": "/en/notices/"}
SOME = "professionals,developers"


@pytest.fixture
def office(office: Office) -> Office:
    """A notice for each of some sets of audiences, one a day."""
    for number in range(1, 4):
        for audiences in combinations(("professionals", "developers", "rehabilitation"), number):
            key = "-".join(audiences)
            office.publishes_notice(key=key, audiences=",".join(audiences), title_fr=f"Pour {key}", title_en="")
    return office


def items(office: Office, path: str) -> list[dict]:
    answer = office.get(path)
    assert answer.status_code == 200, path
    return answer.get_json()["items"]


def copies(office: Office) -> int:
    """Return how many pages are kept on the disk."""
    return len(list(office.data.glob("pages/*/*")))


@pytest.mark.parametrize("audiences", [["professionals", "developers"], ["developers", "rehabilitation"]])
def test_a_union_is_the_merge_of_its_feeds_without_doubles(office: Office, audiences: list[str]) -> None:
    told = items(office, f"/fr/avis/fil.json?clientele={','.join(audiences)}")
    apart = [items(office, f"/fr/avis/clientele/{one}/fil.json") for one in audiences]
    expected = {item["id"]: item for feed in apart for item in feed}
    assert len(told) == len(expected) == 6
    assert {item["id"]: item for item in told} == expected
    every = [item["id"] for item in items(office, "/fr/avis/fil.json")]
    assert [item["id"] for item in told] == [guid for guid in every if guid in expected], "in the same order"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_list_of_a_union_leads_to_its_feed_in_each_format(office: Office, language: str) -> None:
    found = visit(office, f"{LISTS[language]}?clientele={SOME}")
    assert len(found.all(".p-notice")) == 6
    feeds = {f"{FEEDS[language]}.{kind}?clientele={SOME}" for kind in KINDS}
    assert feeds <= {link.attrs["href"].replace("%2C", ",") for link in found.all("link[rel='alternate'][title]")}
    assert feeds <= {link.attrs["href"].replace("%2C", ",") for link in found.all(".p-feed a")}
    for feed in feeds:
        assert office.get(feed).status_code == 200
    chosen = [link.attrs["href"] for link in found.all(".p-audiences [aria-current='true']")]
    assert [path.rstrip("/").rpartition("/")[2] for path in chosen] == SOME.split(",")
    other = "en" if language == "fr" else "fr"
    assert found.one("header .p-language").attrs["href"].replace("%2C", ",") == f"{LISTS[other]}?clientele={SOME}"


def test_the_feed_of_a_union_says_which_it_is(office: Office) -> None:
    one, other = (office.get(f"{feed}.json?clientele={SOME}").get_json() for feed in FEEDS.values())
    assert one["feed_url"].replace("%2C", ",") == f"http://portal.test/fr/avis/fil.json?clientele={SOME}"
    assert one["home_page_url"].replace("%2C", ",") == f"http://portal.test/fr/avis/?clientele={SOME}"
    assert one["title"].endswith("Professionnels de la santé et Développeurs de logiciels")
    assert other["title"].endswith("Health professionals and Software developers")
    assert one["_portal"]["twin_url"] == other["feed_url"]
    ids = {one["_portal"]["id"], other["_portal"]["id"], office.get("/fr/avis/fil.json").get_json()["_portal"]["id"]}
    assert len(ids) == 3


SPELLINGS = ["developers,professionals", SOME.upper(), f",{SOME},", "professionals, developers", f"{SOME},developers"]
SPELLINGS += [SOME.replace(",", "&clientele="), "developers&clientele=professionals", f"{SOME}&clientele=developers"]
SPELLINGS += ["professionals&utm_source=x&clientele=developers", f"&clientele={SOME}", f"{SOME}&clientele="]


@pytest.mark.parametrize("place", [*LISTS.values(), *(f"{feed}.{kind}" for feed in FEEDS.values() for kind in KINDS)])
def test_a_union_has_one_address(office: Office, place: str) -> None:
    right = office.get(f"{place}?clientele={SOME}")
    assert right.status_code == 200
    kept = copies(office)
    for spelling in SPELLINGS:
        answer = office.get(f"{place}?clientele={spelling}")
        assert answer.status_code == 301, spelling
        assert answer.headers["Location"].replace("%2C", ",") == f"{place}?clientele={SOME}"
    for more in ("&utm_source=x", "&Clientele=all", "&_=1"):
        answer = office.get(f"{place}?clientele={SOME}{more}")
        assert (answer.status_code, answer.data) == (200, right.data), more
    assert copies(office) == kept


@pytest.mark.parametrize("place", [LISTS["fr"], f"{FEEDS['en']}.rss"])
@pytest.mark.parametrize("warm", ["", f"?clientele={SOME}", "?clientele=professionals,developers,rehabilitation"])
def test_an_audience_named_beside_others_is_never_lost(office: Office, place: str, warm: str) -> None:
    expected = f"{place}?clientele=professionals,developers,rehabilitation"
    worker = office.another_worker()
    if warm:
        assert worker.get(place + warm).status_code == 200
    for _time in range(2):
        answer = worker.get(f"{place}?clientele={SOME}&clientele=rehabilitation")
        assert (answer.status_code, answer.headers["Location"].replace("%2C", ",")) == (301, expected)
    if warm:
        assert worker.get(place + warm).status_code == 200


@pytest.mark.parametrize("order", list(permutations(("professionals", "developers", "rehabilitation"))))
def test_whatever_the_order_a_union_is_one(office: Office, order: tuple[str, ...]) -> None:
    right = "/en/notices/?clientele=professionals,developers,rehabilitation"
    answer = office.get(f"/en/notices/?clientele={','.join(order)}")
    if order == ("professionals", "developers", "rehabilitation"):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.headers["Location"].replace("%2C", ",")) == (301, right)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("developers", "/en/notices/audience/developers/"),
        ("Developers,", "/en/notices/audience/developers/"),
        (",".join(AUDIENCES), "/en/notices/"),
        (",".join(reversed(AUDIENCES)), "/en/notices/"),
        ("", "/en/notices/"),
        ("&clientele=", "/en/notices/"),
        ("&clientele=developers", "/en/notices/audience/developers/"),
        ("&clientele=".join(AUDIENCES), "/en/notices/"),
    ],
)
def test_one_audience_and_all_have_their_own_list(office: Office, query: str, place: str) -> None:
    answer = office.get(f"/en/notices/?clientele={query}")
    assert (answer.status_code, answer.headers["Location"]) == (301, place)


@pytest.mark.parametrize("query", ["nobody", f"{SOME},nobody", "professionals;developers", "%00", "x" * 5_000])
def test_an_audience_that_is_none_is_not_found_and_those_there_are_are_offered(office: Office, query: str) -> None:
    for place in LISTS.values():
        path = f"{place}?clientele={query}"
        found = inspect(office, office.get(path), path, status=404)
        word = "audience" if place == LISTS["en"] else "clientele"
        offered = {link.attrs["href"] for link in found.all("main a") if said(link)}
        assert {f"{place}{word}/{audience}/" for audience in AUDIENCES} <= offered
        assert not [address for address in offered if "?" in address], "no way round by a redirect"
        assert {office.get(address).status_code for address in offered} == {200}
    for language, feed in FEEDS.items():
        path = f"{feed}.atom?clientele={query}"
        found = inspect(office, office.get(path), path, status=404)
        word = "clientele" if language == "fr" else "audience"
        first = f"{LISTS[language]}{word}/{AUDIENCES[0]}/{feed.rpartition('/')[2]}.atom"
        assert found.all("main li a")[0].attrs["href"] == first
        assert office.get(first).status_code == 200


@pytest.mark.parametrize("number", ["2", "0", "x"])
def test_a_page_of_a_union_that_is_not_there_is_not_found(office: Office, number: str) -> None:
    assert office.get(f"/fr/avis/?clientele={SOME}&page={number}").status_code == 404


def test_a_union_has_pages_and_each_leads_to_the_next(office: Office) -> None:
    for number in range(5):
        office.publishes_notice(key=f"more-{number}", audiences="developers", title_en="")
    found = visit(office, f"/fr/avis/?clientele={SOME}")
    path = found.one("a[rel='next']").attrs["href"]
    assert path.replace("%2C", ",") == f"/fr/avis/?clientele={SOME}&page=2"
    assert len(visit(office, path).all(".p-notice")) == 1


def test_a_union_is_there_while_the_database_is_not(office: Office) -> None:
    paths = [f"{LISTS['fr']}?clientele={SOME}", *(f"{FEEDS['en']}.{kind}?clientele={SOME}" for kind in KINDS)]
    before = {path: office.get(path) for path in paths}
    for file in office.data.glob("portal.db*"):
        file.rename(office.data / f"away-{file.name}")
    fresh = office.another_worker()
    for path, answer in before.items():
        later = fresh.get(path)
        assert later.status_code == 200, path
        assert "Age" in later.headers
        assert path in paths[:1] or later.data == answer.data
    assert fresh.get(f"{LISTS['fr']}?clientele=developers,rehabilitation").status_code == 503


HEADING = "row,group,group_fr,group_en,label_fr,label_en,forms,merged_into,first_day,last_day\n"
OLD = "old,online,Services,Services,Ancien accès,Old access,4123,{},,{}\n"
NEW = "new,online,Services,Services,Nouvel accès,New access,4058,,{},\n"


def defines(office: Office, *, merged: str = "", last_day: str = "", first_day: str = "") -> None:
    office.did("dates", "rows", office.file(HEADING + OLD.format(merged, last_day) + NEW.format(first_day)))


ROW = {"fr": "/fr/dates/old/fil", "en": "/en/dates/old/feed"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_feed_of_a_merged_row_moves_at_the_midnight_of_the_merge(
    office: Office, clock: time_machine.Traveller, language: str
) -> None:
    defines(office, merged="new", first_day="2026-11-19")
    paths = [f"{ROW[language]}.{kind}" for kind in KINDS]
    clock.move_to(in_quebec("2026-11-18 23:59:50"))
    for path in paths:
        answer = office.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=10, s-maxage=1")
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    for path in paths:
        answer = office.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, path.replace("/old/", "/new/"))
        assert office.get(answer.headers["Location"]).status_code == 200
    assert office.get(f"{ROW[language]}-1.rss").status_code == 404  # an archive of one row is none of another


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_feed_of_a_row_is_retired_ninety_days_after_its_end(
    office: Office, clock: time_machine.Traveller, language: str
) -> None:
    defines(office, last_day="2026-11-18")
    paths = [f"{ROW[language]}.{kind}" for kind in KINDS]
    for instant in ("2026-11-19 00:00:00", "2027-02-15 23:59:50"):
        clock.move_to(in_quebec(instant))
        assert [office.get(path).status_code for path in paths] == [200] * 3
    assert [office.get(path).headers["Cache-Control"] for path in paths] == ["public, max-age=10, s-maxage=1"] * 3
    clock.move_to(in_quebec("2027-02-16 00:00:00"))
    for worker in (office, office.another_worker()):
        assert [worker.get(path).status_code for path in (*paths, f"{ROW[language]}-1.rss")] == [410] * 4
    assert "old/" not in office.get("/fr/fils.opml").text


@pytest.mark.parametrize("path", ["/fr/dates/old/", "/fr/dates/old/historique/", "/fr/integrer/dates/old"])
def test_a_retired_feed_is_told_on_no_page_of_its_row(office: Office, clock: time_machine.Traveller, path: str) -> None:
    defines(office, last_day="2026-11-18")
    for instant, is_told in (("2027-02-15 23:59:50", True), ("2027-02-16 00:00:00", False)):
        clock.move_to(in_quebec(instant))
        places = [link.attrs["href"] for link in visit(office, path).all("[href]")]
        assert any(place.startswith(ROW["fr"]) for place in places) is is_told


def test_an_answer_about_a_row_long_ended_tells_no_feed_of_it(office: Office, clock: time_machine.Traveller) -> None:
    defines(office, last_day="2026-11-18")
    clock.move_to(in_quebec("2027-02-16 00:00:00"))
    found = visit(office, "/fr/dates/verifier?type=old&date=2026-11-10")
    assert not [link for link in found.all("[href]") if link.attrs["href"].startswith(ROW["fr"])]


@pytest.mark.parametrize("path", ["/en/dates/old/", "/en/dates/old/history/", "/en/embed/dates/old"])
def test_a_merged_row_tells_the_feed_of_the_row_that_goes_on_under_its_name(
    office: Office, clock: time_machine.Traveller, path: str
) -> None:
    defines(office, merged="new", first_day="2026-11-19", last_day="2026-11-18")
    for instant in ("2026-11-19 00:00:00", "2027-02-16 00:00:00"):  # the day of the merge, and 90 days later
        clock.move_to(in_quebec(instant))
        told = visit(office, path).all("link[rel='alternate'][title]")[0]
        assert told.attrs["title"] == "New access (RSS)"
        assert told.attrs["href"] == "/en/dates/new/feed.rss"


def test_a_retired_feed_does_not_come_back_from_a_copy(office: Office, clock: time_machine.Traveller) -> None:
    defines(office, last_day="2026-11-18")
    path = f"{ROW['fr']}.rss"
    assert office.get(path).status_code == 200
    clock.move_to(in_quebec("2027-02-16 00:00:00"))
    assert office.get(path).status_code == 410
    for file in office.data.glob("portal.db*"):
        file.rename(office.data / f"away-{file.name}")
    assert office.another_worker().get(path).status_code == 503


def test_the_feed_of_a_group_takes_in_a_row_at_the_midnight_on_which_it_begins(
    office: Office, clock: time_machine.Traveller
) -> None:
    defines(office, first_day="2026-11-19")
    office.publishes_notice(key="about-4058", body_fr="Le formulaire 4058 change.", title_en="", audiences="developers")
    path = "/fr/dates/groupes/online/fil.json"
    clock.move_to(in_quebec("2026-11-18 23:59:50"))
    before = office.get(path)
    assert before.get_json()["items"] == []
    assert before.headers["Cache-Control"] == "public, max-age=10, s-maxage=1"
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    assert [item["id"].split("/")[-2] for item in items(office, path)] == ["about-4058"]
    assert office.get(path, If_Modified_Since=before.headers["Last-Modified"]).status_code == 200
