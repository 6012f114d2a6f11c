"""Withdrawing a notice from the desk: with a reason and the password, for good, from everywhere."""

from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.notices.writers import KEY, NOTICE, Writer
from tests.desk.people import PASSWORD

WHY = {"why_fr": "Il répétait un autre avis.", "why_en": "It repeated another notice."}


@pytest.fixture
def published(paul: Writer, time: Traveller) -> Writer:
    paul.publishes(**NOTICE)
    paul.form = {}
    paul.looks(paul.path(KEY, "withdraw"))
    return paul


def test_a_notice_is_withdrawn_from_pages_feeds_data_and_search(published: Writer) -> None:
    page = next(
        one["address"]["fr"]
        for one in published.office.another_worker().get("/api/v1/notices").get_json()["notices"]
        if one["key"] == KEY
    ).removeprefix("http://portal.test")
    answer = published.sends("withdraw", KEY, status=303, reason="A copy", password=PASSWORD, **WHY)
    assert answer.headers["Location"] == "/desk/en/notices/"
    worker = published.office.another_worker()
    gone = worker.get(page)
    assert gone.status_code == 410
    assert "Il répétait un autre avis." in gone.text
    for path in ("/fr/avis/", "/fr/avis/fil.rss", "/api/v1/notices", "/fr/recherche/?q=reprise"):
        assert "Reprise du service" not in worker.get(path).text
    assert "A copy" in published.office.did("audit").splitlines()[0]


@pytest.mark.parametrize(
    ("typed", "name", "sentence"),
    [
        ({"reason": " "}, "reason", "Why, for the audit log – This is required."),
        ({"reason": "x" * 501}, "reason", "This is longer than 500 characters."),
        ({"why_fr": "Une copie."}, "why_en", "Say why to the public in both languages, or in neither."),
        ({"why_en": "A copy."}, "why_fr", "Say why to the public in both languages, or in neither."),
        ({"why_fr": "a\x07", "why_en": "a"}, "why_fr", "“\ufffd” stands for a sign that no page can hold"),
        ({"password": "une autre girafe"}, "password", "This is not your password."),
        ({"password": ""}, "password", "This is not your password."),
    ],
)
def test_a_withdrawal_is_refused_in_words(published: Writer, typed: dict[str, Any], name: str, sentence: str) -> None:
    given = {"reason": "A copy", "password": PASSWORD, **typed}
    assert sentence in published.refused("withdraw", KEY, **given)
    assert published.all(f"[id='{name}'][aria-invalid='true']")
    assert published.words_of("title").startswith("Error: Withdraw a notice")
    shown = published.all("#why_fr")[0].to_text(separator="", strip=False).strip()
    assert shown == typed.get("why_fr", "").replace("\x07", "\ufffd")
    if typed.get("password", PASSWORD) != PASSWORD:
        assert published.all("#password")[0].attrs["value"] == ""


def test_whoever_typed_the_password_just_before_is_not_asked_again(published: Writer) -> None:
    published.sends("withdraw", KEY, status=303, reason="A copy", password=PASSWORD)
    published.publishes(**{**NOTICE, "title_fr": "Autre avis"})
    published.form = {}
    published.looks(published.path("autre-avis", "withdraw"))
    assert "Your password" not in published.words
    published.sends("withdraw", "autre-avis", status=303, reason="Another copy")


def test_a_notice_is_withdrawn_once(published: Writer) -> None:
    published.sends("withdraw", KEY, status=303, reason="A copy", password=PASSWORD)
    words = published.refused("withdraw", KEY, reason="A copy", password=PASSWORD)
    assert "was withdrawn already, on November 20, 2026" in words


def test_a_notice_that_promises_says_that_its_promise_goes(paul: Writer) -> None:
    paul.publishes(**NOTICE, promise_fr="Bientôt.", promise_en="Soon.")
    paul.looks(paul.path(KEY, "withdraw"))
    assert "What it promises goes with it." in paul.words
