"""The life of a row: it comes, is renamed, split, suspended, merged, and ends; its history and its guids stay."""

import feedparser
import pytest
import time_machine

from tests.makers import Office, feed_of, in_quebec
from tests.visitor import visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
HEADING = "row,group,group_fr,group_en,label_fr,label_en,merged_into,split_from,first_day,last_day\n"
OLD = "old,online,Services,Services,Ancien accès,Old access,{},,,{}\n"
NEW = "new,online,Services,Services,Nouvel accès,New access,,{},{},\n"
DATES = "row,received_on,meaning\n"


def defines(office: Office, *, merged: str = "", last_day: str = "", split: str = "", first_day: str = "") -> None:
    office.did("dates", "rows", office.file(HEADING + OLD.format(merged, last_day) + NEW.format(split, first_day)))


@pytest.fixture
def table(office: Office) -> Office:
    """Two rows, of which `old` is published."""
    defines(office)
    office.publishes_dates(DATES + "old,2026-10-05,\n", as_of="2026-11-10")
    office.publishes_dates(DATES + "old,2026-10-13,\n", as_of="2026-11-17")
    return office


def guids(office: Office, row: str = "old") -> list[str]:
    paths = (f"/fr/dates/{row}/fil.rss", f"/en/dates/{row}/feed.rss")
    return [item.id for path in paths for item in feedparser.parse(feed_of(office.get(path))).entries]


def keys(office: Office) -> list[str]:
    return [row["row"] for row in office.get("/api/v1/dates").get_json()["rows"]]


def spoken(office: Office, path: str) -> str:
    return visit(office, path).spoken


HISTORY = {"fr": "historique", "en": "history"}
BOTH = [("fr", "historique", "Nouvel accès", "Ancien accès"), ("en", "history", "New access", "Old access")]


def test_a_row_comes_into_the_table_at_midnight_in_the_kept_copies_too(
    office: Office, clock: time_machine.Traveller
) -> None:
    defines(office, first_day="2026-11-19")
    clock.move_to(in_quebec("2026-11-18 23:59:59"))
    for language, history, label, _old in BOTH:
        assert label not in spoken(office, f"/{language}/dates/")
        assert office.get(f"/{language}/dates/new/").status_code == 404
        assert office.get(f"/{language}/dates/new/{history}/").status_code == 404
    assert keys(office) == ["old"]
    assert "/dates/new/" not in office.get("/sitemap.xml").text
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    for language, history, label, _old in BOTH:
        assert label in spoken(office, f"/{language}/dates/")
        visit(office, f"/{language}/dates/new/")
        visit(office, f"/{language}/dates/new/{history}/")
        visit(office, f"/{language}/dates/verifier" if language == "fr" else "/en/dates/check")
    assert keys(office) == ["old", "new"]
    assert "/fr/dates/new/historique/" in office.get("/sitemap.xml").text


def test_a_row_ends_at_midnight_and_keeps_its_page_its_history_and_its_feed(
    table: Office, clock: time_machine.Traveller
) -> None:
    defines(table, last_day="2026-11-18")
    before = guids(table)
    assert len(before) == 4
    clock.move_to(in_quebec("2026-11-18 23:59:59"))
    assert "We take requests of this kind until November 18, 2026." in spoken(table, "/en/dates/old/")
    assert "Old access" in spoken(table, "/en/dates/")
    assert "Ancien accès" in spoken(table, "/fr/dates/")
    assert keys(table) == ["old", "new"]
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    assert "Ancien accès" not in spoken(table, "/fr/dates/")
    assert "Old access" not in spoken(table, "/en/dates/")
    assert keys(table) == ["new"]
    ended = "We no longer take requests of this kind: the last day was November 18, 2026."
    assert ended in spoken(table, "/en/dates/old/")
    assert ended in spoken(table, "/en/dates/check?type=old&date=2026-10-05")
    assert "le dernier jour était le 18 novembre 2026" in spoken(table, "/fr/dates/old/")
    assert "October 13, 2026" in spoken(table, "/en/dates/old/history/")
    assert guids(table) == before


def test_an_ended_row_is_known_to_the_check_and_offered_no_more(table: Office, clock: time_machine.Traveller) -> None:
    defines(table, last_day="2026-11-18")
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    page = visit(table, "/en/dates/check")
    assert [option.attrs["value"] for option in page.all("#type option") if option.attrs["value"]] == ["new"]


def test_a_row_renamed_keeps_its_history_and_its_guids(table: Office) -> None:
    before = guids(table)
    renamed = (HEADING + OLD + NEW).replace("Ancien accès", "Accès premier").replace("Old access", "First access")
    table.did("dates", "rows", table.file(renamed.format("", "", "", "")))
    other = table.another_worker()
    assert guids(other) == before
    assert "Historique : Accès premier" in spoken(other, "/fr/dates/old/historique/")
    assert "October 13, 2026" in spoken(other, "/en/dates/old/history/")
    assert "First access" in spoken(other, "/en/dates/editions/1/")


def test_a_row_split_from_another_leads_to_it_and_takes_nothing_from_it(table: Office) -> None:
    before = guids(table)
    defines(table, split="old")
    other = table.another_worker()
    for language, words in (("fr", "autre ligne"), ("en", "These requests were part of another row before:")):
        for page in (
            f"/{language}/dates/new/",
            f"/{language}/dates/new/{HISTORY[language]}/",
        ):
            found = visit(other, page)
            assert words in found.spoken
            assert found.all(f"main a[href='{page.replace('/new/', '/old/')}']")
    assert (guids(other), guids(other, "new")) == (before, [])


def test_a_row_merged_into_another_says_which_and_keeps_its_past(table: Office) -> None:
    before = guids(table)
    defines(table, merged="new")
    other = table.another_worker()
    assert "This row was merged into another: New access" in spoken(other, "/en/dates/old/")
    assert "fusionnée avec une autre : Nouvel accès" in spoken(other, "/fr/dates/old/")
    assert "October 13, 2026" in spoken(other, "/en/dates/old/history/")
    assert "These requests are now processed with others" in spoken(other, "/en/dates/check?type=old&date=2026-10-01")
    table_feed = feedparser.parse(feed_of(other.get("/fr/dates/fil.rss"))).entries
    assert {item.id for item in table_feed} == {guid for guid in before if guid.endswith("/fr")}


@pytest.mark.parametrize("kin", ["merged", "split"])
def test_a_row_whose_kin_is_still_to_come_has_its_pages(table: Office, kin: str) -> None:
    if kin == "merged":
        defines(table, merged="new", first_day="2026-12-01")
    else:
        swapped = HEADING + OLD.replace("{},,,{}", ",new,,") + NEW.format("", "2026-12-01")
        table.did("dates", "rows", table.file(swapped))
    for path in (
        "/fr/dates/old/",
        "/en/dates/old/",
        "/fr/dates/old/historique/",
        "/en/dates/old/history/",
        "/en/dates/check?type=old&date=2026-10-01",
        "/fr/integrer/dates/old",
    ):
        found = visit(table.another_worker(), path)
        assert not found.all("main a[href*='/dates/new/']"), "what has no page yet is not linked"


def test_a_row_is_merged_at_midnight_when_the_other_begins(table: Office, clock: time_machine.Traveller) -> None:
    defines(table, merged="new", first_day="2026-11-19")
    table.publishes_dates(DATES + "old,2026-10-14,\n", as_of="2026-11-18")
    clock.move_to(in_quebec("2026-11-18 23:59:59"))
    assert "October 14, 2026" in spoken(table, "/en/dates/")
    assert "14 octobre 2026" in spoken(table, "/fr/dates/old/")
    assert table.get("/api/v1/dates").get_json()["rows"][0]["merged_into"] is None
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    assert "Merged into another row" in spoken(table, "/en/dates/")
    assert "fusionnée avec une autre : Nouvel accès" in spoken(table, "/fr/dates/old/")
    assert table.get("/api/v1/dates").get_json()["rows"][0]["merged_into"] == "new"


def test_a_row_suspended_and_taken_up_again_tells_each_once(table: Office) -> None:
    table.publishes_dates(DATES + "old,,suspended\n", as_of="2026-11-18")
    worker = table.another_worker()
    assert "The processing of these requests is suspended." in spoken(worker, "/en/dates/old/")
    assert "Le traitement de ces demandes est suspendu." in spoken(worker, "/fr/dates/old/")
    table.publishes_dates(DATES + "old,2026-10-14,\n", as_of="2026-11-18")
    worker = table.another_worker()
    assert "October 14, 2026" in spoken(worker, "/en/dates/old/")
    every = guids(worker)
    assert len(every) == len(set(every)) == 2 * 4
    assert spoken(worker, "/en/dates/old/history/").count("Suspended") == 1


def test_a_date_as_of_a_day_outside_the_life_of_a_row_is_refused_in_words(table: Office) -> None:
    defines(table, last_day="2026-11-17", first_day="2026-11-19")
    before = table.dump()
    file = table.file(DATES + "old,2026-10-14,\nnew,2026-10-14,\n")
    result = table.portal("dates", "publish", file, "--as-of", "2026-11-18", "--reason", "Weekly")
    assert (result.exit_code, table.dump()) == (1, before)
    assert "line 2: the row “old” is not in the table on 2026-11-18; its days are … to 2026-11-17" in result.output
    assert "line 3: the row “new” is not in the table on 2026-11-18; its days are 2026-11-19 to …" in result.output


@pytest.mark.parametrize("days", [("", "2026-11-16"), ("2026-11-18", ""), ("2026-11-18", "2026-12-31")])
def test_days_that_leave_out_the_day_published_are_refused_in_words(table: Office, days: tuple[str, str]) -> None:
    before = table.dump()
    line = OLD.replace("{},,,{}", ",,{},{}").format(*days)
    result = table.portal("dates", "rows", table.file(HEADING + line + NEW.format("", "")))
    assert (result.exit_code, table.dump()) == (1, before)
    sentence = "the row “old” was published as of 2026-11-17: its days in the table must hold that day"
    assert sentence in result.output
    assert "“new”" not in result.output, "what was never published may come when it likes"


def test_days_that_begin_or_end_on_the_day_published_are_kept(table: Office) -> None:
    line = OLD.replace("{},,,{}", ",,2026-11-17,2026-11-17")
    assert table.did("dates", "rows", table.file(HEADING + line + NEW.format("", ""))) == "Defined: old.\n"


def test_a_merged_row_stands_in_the_table_until_its_own_last_day_is_over(
    table: Office, clock: time_machine.Traveller
) -> None:
    defines(table, merged="new", last_day="2026-11-18")
    assert table.publishes_dates(DATES + "old,2026-10-14,\n", as_of="2026-11-18")
    clock.move_to(in_quebec("2026-11-18 23:59:59"))
    assert keys(table) == ["old", "new"]
    assert "October 14, 2026" in spoken(table, "/en/dates/old/")
    assert "14 octobre 2026" in spoken(table, "/fr/dates/")
    clock.move_to(in_quebec("2026-11-19 00:00:00"))
    assert keys(table) == ["new"]
    assert "This row was merged into another: New access" in spoken(table, "/en/dates/old/")
    assert "fusionnée avec une autre : Nouvel accès" in spoken(table, "/fr/dates/old/")
