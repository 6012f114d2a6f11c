"""Notices by a program: published, scheduled, corrected, changed with a note, withdrawn."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.backoffice.programs import Program, pointers
from tests.makers import an_office

PUBLISH = "/notices/publish"


@pytest.fixture
def publisher(program: Callable[..., Program]) -> Program:
    return program("notices.publish")


def a_notice(**changes: Any) -> dict[str, Any]:
    new = {
        "key": "service-resumes",
        "published": "2026-11-20 09:00",
        "audiences": ["professionals", "developers"],
        "title": {"fr": "Reprise du service", "en": "Service resumes"},
        "body": {
            "fr": "Le service reprend **lundi**. Vos demandes sont traitées dans l’ordre.",
            "en": "The service resumes on **Monday**. Your requests are processed in order.",
        },
        "forms": ["4058"],
    }
    return {**new, **changes}


def newest(publisher: Program) -> dict[str, Any]:
    return publisher.office.another_worker().get("/api/v1/notices").get_json()["notices"][0]


def test_a_notice_is_published_to_pages_and_feeds(publisher: Program) -> None:
    told = publisher.send(PUBLISH, a_notice())
    assert (told["key"], told["change"]) == ("service-resumes", "first")
    notice = newest(publisher)
    assert (notice["id"], notice["key"], notice["forms"]) == (told["id"], "service-resumes", ["4058"])
    assert notice["html"]["fr"].startswith("<p>Le service reprend <strong>lundi</strong>")
    office = publisher.office.another_worker()
    assert "Service resumes" in office.get("/en/notices/feed.rss").text
    assert "token: notices-publish" in office.did("audit").splitlines()[0]


def test_the_same_sent_twice_changes_nothing(publisher: Program) -> None:
    publisher.send(PUBLISH, a_notice())
    before = publisher.office.dump()
    assert publisher.send(PUBLISH, a_notice())["change"] is None
    assert publisher.office.dump() == before


def test_a_trial_keeps_nothing(publisher: Program) -> None:
    told = publisher.tries(PUBLISH, a_notice())
    assert (told["change"], told["id"]) == ("first", None)


@pytest.mark.parametrize("published", ["draft", "2026-11-23 08:30"])
def test_a_notice_may_wait_for_its_instant_or_stay_a_draft(publisher: Program, published: str) -> None:
    assert publisher.send(PUBLISH, a_notice(published=published))["change"] == "first"
    assert newest(publisher)["key"] != "service-resumes"


def test_a_correction_is_silent_and_a_change_with_a_note_is_told(publisher: Program) -> None:
    publisher.send(PUBLISH, a_notice())
    title = {"fr": "Reprise du service lundi", "en": "Service resumes"}
    assert publisher.send(PUBLISH, a_notice(title=title))["change"] == "minor"
    body = {"fr": "Le service reprend mardi.", "en": "The service resumes on Tuesday."}
    note = {"fr": "C’est mardi.", "en": "It is Tuesday."}
    assert publisher.send(PUBLISH, a_notice(title=title, body=body, note=note))["change"] == "major"
    assert "C’est mardi." in publisher.office.another_worker().get("/fr/avis/fil.rss").text


def test_every_fault_is_told_with_its_place(publisher: Program) -> None:
    wrong = a_notice(
        key="Pas une clé", published="demain", audiences=["everyone"], title={"fr": "Titre"}, forms=["405", "9999"],
        body={"fr": "Un.\n\n![carte](carte.png)", "en": "One."}, rows="access-new", note={"fr": "x" * 501}, keep="x",
    )  # fmt: skip
    told = pointers(publisher.refused(PUBLISH, wrong))
    assert set(told) == {
        "/key", "/published", "/audiences", "/forms", "/body/fr", "/body/en", "/rows", "/note/fr", "/keep",
    }  # fmt: skip
    assert told["/body/fr"].startswith("line 3: ")
    told = pointers(publisher.refused(PUBLISH, a_notice(forms=["9999"], rows=["nowhere"])))
    assert "“9999” is unknown" in told["/forms"]
    assert "“nowhere” is unknown" in told["/rows"]
    assert set(pointers(publisher.refused(PUBLISH, {}))) == {
        "/key",
        "/published",
        "/audiences",
        "/title/fr",
        "/body/fr",
    }


def test_a_title_is_one_line(publisher: Program) -> None:
    publisher.send(PUBLISH, a_notice(title={"fr": "Reprise\ndu service", "en": "Service\r\nresumes"}))
    assert newest(publisher)["title"] == {"fr": "Reprise du service", "en": "Service resumes"}


def test_what_cannot_be_published_so_is_refused_in_words(publisher: Program) -> None:
    told = publisher.refused(PUBLISH, a_notice(note={"fr": "Un mot."}))
    assert (
        told["detail"]
        == "Nothing was kept: service-resumes is not published yet: publish it without a note of changes."
    )


def test_whoever_began_before_the_notice_changed_is_refused(publisher: Program) -> None:
    publisher.send(PUBLISH, a_notice())
    revision = publisher.office.another_worker().get("/api/v1/notices").get_json()["revision"]
    title = {"fr": "Reprise du service lundi", "en": "Service resumes"}
    publisher.send(PUBLISH, a_notice(key="another", expected=revision))
    publisher.send(PUBLISH, a_notice(title=title, expected=revision))
    stale = {"reason": "A slip", "expected": revision}
    for path, document in ((PUBLISH, a_notice(expected=revision)), ("/notices/service-resumes/withdraw", stale)):
        assert publisher.refused(path, document, status=409)["title"] == "Changed meanwhile"
    publisher.send("/notices/another/withdraw", {"reason": "A slip", "expected": revision + 1})


def test_a_notice_is_withdrawn_from_everywhere(publisher: Program) -> None:
    publisher.send(PUBLISH, a_notice())
    path = newest(publisher)["address"]["en"].removeprefix("http://portal.test")
    why = {"reason": "A slip", "why": {"fr": "Une erreur.", "en": "A mistake."}}
    assert publisher.tries("/notices/service-resumes/withdraw", why)["key"] == "service-resumes"
    publisher.send("/notices/service-resumes/withdraw", why)
    answer = publisher.office.another_worker().get(path)
    assert answer.status_code == 410
    assert "A mistake." in answer.text
    told = publisher.refused("/notices/nothing/withdraw", why, status=404)
    assert told["detail"] == "Nothing was kept: there is no notice of that key."
    publisher.refused("/notices/service-resumes/withdraw", {"why": {"fr": "Une erreur."}})


def test_a_withdrawal_takes_a_second_person_where_that_is_asked_for(publisher: Program) -> None:
    strict = Program(an_office(publisher.office.data, PORTAL_SECOND_PERSON="yes"), publisher.token)
    strict.send(PUBLISH, a_notice())
    strict.refused("/notices/service-resumes/withdraw", {"reason": "A slip"}, status=403)
