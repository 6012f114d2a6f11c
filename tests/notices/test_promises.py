"""What a notice promises until another keeps it; from when it applies, and which forms and rows it touches."""

import pytest
import time_machine

from tests.makers import ROWS, Office, a_notice, in_quebec
from tests.visitor import Visit, said, visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
PROMISE = {"promise_fr": "Nous vous dirons quand.", "promise_en": "We will tell you when."}
#: The notice that promises is number 1; the one that keeps its promise is number 2.
PROMISING = {"fr": "/fr/avis/1/a-venir", "en": "/en/notices/1/to-come"}
KEEPING = {"fr": "/fr/avis/2/c-est-fait", "en": "/en/notices/2/done"}
NONE_OPEN = "No promise is open.\n"


def a_file(fields: dict[str, str], **changes: str) -> str:
    """The file of a notice with further lines in its heading."""
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return a_notice(**changes).replace("--- fr ---", f"{lines}--- fr ---", 1)


def gives(office: Office, fields: dict[str, str], **changes: str) -> str:
    return office.did("notices", "publish", office.file(a_file(fields, **changes), "notice.md"))


def refused(office: Office, fields: dict[str, str], **changes: str) -> str:
    before = office.dump()
    result = office.portal("notices", "publish", office.file(a_file(fields, **changes), "notice.md"))
    assert result.exit_code == 1, result.output
    assert office.dump() == before, "a refused file leaves no trace"
    return result.output


def promises(office: Office, **changes: str) -> str:
    return gives(office, PROMISE, key="to-come", title_fr="À venir", title_en="To come", **changes)


def keeps(office: Office, **changes: str) -> str:
    return gives(office, {"keeps": "to-come"}, key="done", title_fr="C'est fait", title_en="Done", **changes)


def opened(office: Office, path: str) -> Visit:
    return visit(office.another_worker(), path)


def links(found: Visit, path: str) -> list[str]:
    return [said(link) for link in found.all(f"main a[href='{path}']")]


@pytest.mark.parametrize(("language", "promise"), [("fr", "Nous vous dirons quand."), ("en", "We will tell you when.")])
def test_a_promise_stands_on_its_page_until_it_is_kept(office: Office, language: str, promise: str) -> None:
    promises(office)
    assert promise in opened(office, PROMISING[language]).spoken
    assert not links(opened(office, PROMISING[language]), KEEPING[language])
    keeps(office)
    found = opened(office, PROMISING[language])
    assert promise in found.spoken
    assert links(found, KEEPING[language]) == [{"fr": "C’est fait", "en": "Done"}[language]]
    back = opened(office, KEEPING[language])
    assert links(back, PROMISING[language]) == [{"fr": "À venir", "en": "To come"}[language]]
    assert promise not in back.spoken


def test_the_open_promises_are_listed_for_staff(office: Office) -> None:
    assert office.did("promises") == NONE_OPEN
    promises(office)
    gives(office, PROMISE, key="another", published="2026-02-01 09:00")
    assert office.did("promises") == (
        "2026-02-01  another: Nous vous dirons quand.\n2026-01-05  to-come: Nous vous dirons quand.\n"
    )
    keeps(office)
    assert office.did("promises") == "2026-02-01  another: Nous vous dirons quand.\n"


def test_a_promise_counts_once_it_is_seen_and_is_kept_once_that_is_seen(
    office: Office, clock: time_machine.Traveller
) -> None:
    promises(office, published="2026-11-18 11:00")
    keeps(office, published="2026-11-18 12:00")
    assert office.did("promises") == NONE_OPEN
    clock.move_to(in_quebec("2026-11-18 11:00"))
    assert office.did("promises") == "2026-11-18  to-come: Nous vous dirons quand.\n"
    page = office.get(PROMISING["en"])
    assert "/en/notices/2/" not in page.text
    clock.move_to(in_quebec("2026-11-18 12:00"))
    assert office.did("promises") == NONE_OPEN
    assert "/en/notices/2/done" in office.get(PROMISING["en"]).text, "the page turns by itself"


OPEN_AGAIN = "The promise of to-come is open again: no notice keeps it any more."


def test_a_command_says_what_becomes_of_promises(office: Office) -> None:
    assert "promise" not in promises(office)
    assert keeps(office).splitlines()[-1] == "The promise of to-come is kept now."
    assert gives(office, {}, key="done", title_fr="C'est fait", title_en="Done").splitlines()[-1] == OPEN_AGAIN
    keeps(office)
    assert office.did("notices", "withdraw", "done", "--reason", "Wrong").splitlines() == [
        "done: withdrawn.",
        OPEN_AGAIN,
    ]
    assert office.did("notices", "withdraw", "to-come", "--reason", "Wrong").splitlines() == [
        "to-come: withdrawn.",
        "Its promise goes with it, and no notice had kept it.",
    ]


def test_a_promise_is_open_again_once_what_kept_it_is_withdrawn(office: Office) -> None:
    promises(office)
    keeps(office)
    office.did("notices", "withdraw", "done", "--reason", "By mistake")
    assert office.did("promises") == "2026-01-05  to-come: Nous vous dirons quand.\n"
    assert not links(opened(office, PROMISING["fr"]), KEEPING["fr"])


def test_what_keeps_a_withdrawn_promise_leads_nowhere(office: Office) -> None:
    promises(office)
    keeps(office)
    assert office.get("/api/v1/notices").get_json()["notices"][0]["keeps"] == 1
    office.did("notices", "withdraw", "to-come", "--reason", "By mistake")
    assert office.did("promises") == NONE_OPEN
    assert not links(opened(office, KEEPING["fr"]), PROMISING["fr"])
    (kept,) = office.another_worker().get("/api/v1/notices").get_json()["notices"]
    assert (kept["key"], kept["keeps"]) == ("done", None)


def test_the_first_that_keeps_a_promise_is_the_one_named(office: Office) -> None:
    promises(office)
    keeps(office, published="2026-03-01 09:00")
    gives(office, {"keeps": "to-come"}, key="again", published="2026-02-01 09:00", title_en="Again")
    found = opened(office, PROMISING["en"])
    assert links(found, "/en/notices/3/again") == ["Again"]
    assert not links(found, KEEPING["en"])


def test_a_promise_in_french_only_is_marked_so_on_the_english_page(office: Office) -> None:
    fields = {"promise_fr": PROMISE["promise_fr"]}
    gives(office, fields, title_en="")
    found = opened(office, "/en/notices/1/jours-de-fermeture")
    assert PROMISE["promise_fr"] in [said(one) for one in found.all("main .p-inset [lang='fr-CA']")]


@pytest.mark.parametrize("key", ["unknown", "plain", "closing-days"])
def test_only_a_promise_of_another_notice_is_kept(office: Office, key: str) -> None:
    gives(office, {}, key="plain")
    said = refused(office, {"keeps": key, **PROMISE})
    assert said == f"portal: there is no other notice “{key}” with a promise to keep; see the open promises\n"


def test_a_notice_that_promises_does_not_keep_its_own(office: Office) -> None:
    promises(office)
    said = refused(office, {"keeps": "to-come", **PROMISE}, key="to-come")
    assert "there is no other notice “to-come” with a promise" in said


@pytest.fixture
def table(office: Office) -> Office:
    """The rows `new` and `b2b`; the second covers the forms 4058 and 4123."""
    office.did("dates", "rows", office.file(ROWS))
    return office


#: A row that begins on 1 December, with a form of its own.
TO_COME = """\
row,group,group_fr,group_en,label_fr,label_en,forms,first_day
secret,online,Services en ligne,Online services,Rangée à venir,Row to come,4999,2026-12-01
"""
TOUCHING = {"applies": "2026-12-01", "forms": "4123, 4058", "rows": "b2b, new"}


@pytest.mark.parametrize(
    ("language", "day", "row"), [("fr", "1er décembre 2026", "Accès B2B"), ("en", "December 1, 2026", "B2B access")]
)
def test_a_page_says_from_when_it_applies_and_leads_to_what_it_touches(
    table: Office, language: str, day: str, row: str
) -> None:
    gives(table, TOUCHING)
    page = {"fr": "/fr/avis/1/jours-de-fermeture", "en": "/en/notices/1/closing-days"}[language]
    found = visit(table, page)
    facts = found.one("main .p-facts")
    assert day in said(facts)
    forms = {"fr": "/fr/formulaires/", "en": "/en/forms/"}[language]
    assert [link.attrs["href"] for link in facts.query("a")] == [
        f"{forms}4058/",
        f"{forms}4123/",
        f"/{language}/dates/b2b/",
        f"/{language}/dates/new/",
    ]
    assert row in said(facts)
    for link in facts.query("a"):
        assert table.get(link.attrs["href"]).status_code == 200


def test_what_has_no_page_yet_is_named_without_a_link_or_not_at_all(
    table: Office, clock: time_machine.Traveller
) -> None:
    table.did("dates", "rows", table.file(TO_COME, "to-come.csv"))
    gives(table, {"forms": "4058, 4999", "rows": "secret"})
    facts = visit(table, "/fr/avis/1/jours-de-fermeture").one("main .p-facts")
    assert "4999" in said(facts)
    assert "Rangée à venir" not in said(facts)
    assert [link.attrs["href"] for link in facts.query("a")] == ["/fr/formulaires/4058/"]
    clock.move_to(in_quebec("2026-12-01 00:00"))
    facts = visit(table, "/fr/avis/1/jours-de-fermeture").one("main .p-facts")
    assert [link.attrs["href"] for link in facts.query("a")] == [
        "/fr/formulaires/4058/",
        "/fr/formulaires/4999/",
        "/fr/dates/secret/",
    ]


def test_a_page_that_touches_nothing_has_no_facts(table: Office) -> None:
    gives(table, {}, body_fr="Le formulaire 4058 y est nommé.", body_en="Form 4058 is named here.")
    assert not visit(table, "/en/notices/1/closing-days").all("main .p-facts")


@pytest.mark.parametrize(
    ("fields", "pages"),
    [
        ({"forms": "4058"}, ["/fr/formulaires/4058/", "/fr/dates/groupes/exchanges/"]),
        ({"rows": "new"}, ["/fr/dates/groupes/online/", "/fr/dates/new/"]),
        ({"rows": "b2b"}, ["/fr/dates/groupes/exchanges/", "/fr/dates/b2b/"]),
        ({}, []),
    ],
)
def test_a_notice_stands_with_what_it_touches(table: Office, fields: dict[str, str], pages: list[str]) -> None:
    gives(table, fields)
    every = ["/fr/formulaires/4058/", "/fr/dates/groupes/exchanges/", "/fr/dates/groupes/online/"]
    every += ["/fr/dates/new/", "/fr/dates/b2b/"]
    assert [path for path in every if "Jours de fermeture" in table.get(path).text] == pages
    feeds = [path for path in every[1:3] if "closing-days" in table.get(f"{path}fil.rss").text]
    assert feeds == [path for path in pages if "groupes" in path]


def test_a_form_that_is_touched_no_more_leads_back_no_more(table: Office) -> None:
    gives(table, {"forms": "4058"})
    gives(table, {"forms": "4123"})
    worker = table.another_worker()
    assert "Jours de fermeture" not in worker.get("/fr/formulaires/4058/").text
    assert "Jours de fermeture" in worker.get("/fr/formulaires/4123/").text


def test_the_data_says_it_too(table: Office) -> None:
    gives(table, {**TOUCHING, **PROMISE})
    (notice,) = table.get("/api/v1/notices").get_json()["notices"]
    assert (notice["applies_on"], notice["forms"], notice["rows"]) == ("2026-12-01", ["4058", "4123"], ["b2b", "new"])
    assert notice["promise"] == {"fr": PROMISE["promise_fr"], "en": PROMISE["promise_en"]}


def test_an_unknown_form_or_row_is_refused_with_its_line_and_those_there_are(table: Office) -> None:
    told, form, row = refused(table, {"forms": "4058, 9999", "rows": "b3b"}).splitlines()
    assert told == "Nothing was kept. Mend these lines and try again:"
    assert form.startswith("  line 7: forms: “9999” is unknown; there are 4058, 4123, ")
    assert row == "  line 8: rows: “b3b” is unknown; there are new, b2b"


def test_without_a_table_no_row_is_known(office: Office) -> None:
    assert "line 7: rows: “b2b” is unknown; there are none yet" in refused(office, {"rows": "b2b"})


def test_what_is_touched_is_corrected_without_a_word_but_kept(table: Office, clock: time_machine.Traveller) -> None:
    gives(table, {})
    (before,) = table.get("/fr/avis/fil.json").get_json()["items"]
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(table, {"forms": "4058", "rows": "b2b"})
    worker = table.another_worker()
    (after,) = worker.get("/fr/avis/fil.json").get_json()["items"]
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["date_modified"] == "2026-11-19T14:00:00+00:00"
    (notice,) = worker.get("/api/v1/notices").get_json()["notices"]
    assert (notice["revision"], notice["updated_at"]) == (2, "2026-11-19T14:00:00+00:00")


def test_a_promise_and_the_day_from_which_it_applies_are_told_by_the_feeds(
    table: Office, clock: time_machine.Traveller
) -> None:
    gives(table, {})
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(table, {**TOUCHING, **PROMISE})
    worker = table.another_worker()
    (item,) = worker.get("/en/notices/feed.json").get_json()["items"]
    assert item["content_html"].endswith(
        "</p>\n<p><strong>Applies as of</strong> December\u00a01, 2026</p>"
        "\n<p><strong>Forms concerned:</strong> 4058 and 4123</p>"
        f"\n<p><strong>Our promise:</strong> {PROMISE['promise_en']}</p>"
    )
    assert item["date_modified"] == "2026-11-19T14:00:00+00:00"
    assert worker.get("/api/v1/notices").get_json()["notices"][0]["revision"] == 2


def test_a_promise_that_was_seen_stays_until_another_notice_keeps_it(office: Office) -> None:
    promises(office)
    said = refused(office, {}, key="to-come", title_fr="À venir", title_en="To come")
    assert "to-come made a promise: leave it there, and let a later notice keep it" in said
