"""What a form of a notice may not hold: told beside its field, in the language of the page, and nothing is written."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.core.tables import CONTROL
from portal.notices.rules import LONGEST_BODY, LONGEST_SENTENCE, LONGEST_TITLE
from tests.desk.notices.writers import ENGLISH, FRENCH, KEY, NOTICE, Writer, inspected
from tests.makers import PUBLIC_URL
from tests.site.typed import dangers, sendable

NAUGHTY = Path(__file__).parents[2] / "site" / "naughty" / "blns.json"
STRINGS = [sendable(text).decode("utf-8", "replace") for text in json.loads(NAUGHTY.read_text("utf-8"))]
TEXTS = ("title_fr", "title_en", "body_fr", "body_en", "promise_fr", "promise_en", "key")
OTHERS = (
    "audiences",
    "rows",
    "forms",
    "keeps",
    "applies",
    "day",
    "hour",
    "note_fr",
    "note_en",
    "base",
    "whose",
    "when",
)
#: What is typed, the field that is wrong, and what is said of it.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"title_fr": " "}, "title_fr", "This is required."),
    ({"body_fr": " \r\n"}, "body_fr", "The French text is missing."),
    ({"audiences": []}, "audiences", "Choose one at least."),
    ({"audiences": ["everyone"]}, "audiences", "“everyone” is no audience; they are professionals"),
    ({"title_fr": "x" * (LONGEST_TITLE + 1)}, "title_fr", "This is longer than 150 characters."),
    ({"body_fr": "x" * (LONGEST_BODY + 1)}, "body_fr", "This is longer than 50000 characters."),
    ({"body_en": ""}, "title_en", "Give both the English title and the English text, or neither."),
    ({"title_en": ""}, "body_en", "Give both the English title and the English text, or neither."),
    ({"promise_fr": "Bientôt."}, "promise_fr", "Give the promise in each language that the notice has."),
    (
        {"promise_fr": "x" * (LONGEST_SENTENCE + 1), "promise_en": "x"},
        "promise_fr",
        "This is longer than 500 characters.",
    ),
    ({"body_fr": "Un.\n\n![carte](carte.png)"}, "body_fr", "Line 3: An image has no place in a notice."),
    (
        {"body_fr": f"{ENGLISH} The form is to be sent to us with the request, and it is not to be sent by mail."},
        "body_fr",
        "This text is in English: are the two texts swapped?",
    ),
    ({"title_fr": "Bell\x07"}, "title_fr", "“\ufffd” stands for a sign that no page can hold"),
    ({"body_en": "a\u202eb"}, "body_en", "“\ufffd” stands for a sign that no page can hold"),
    ({"body_fr": "a\x00b"}, "body_fr", "“\ufffd” stands for a sign that no page can hold"),
    ({"forms": "405"}, "forms", "“405” is no form; write four digits, as 4058."),
    ({"forms": "9999"}, "forms", "“9999” is unknown; there are 1001, "),
    ({"rows": ["nothing"]}, "rows", "“nothing” is unknown; there are "),
    ({"rows": ["Not a key"]}, "rows", "“Not a key” is no key of a row."),
    ({"keeps": "Not a key"}, "keeps", "2 to 60 lower-case letters, digits and hyphens."),
    ({"applies": "2026-02-30"}, "applies", "“2026-02-30” is not a date"),
    ({"when": "at"}, "published", "Give the day and the hour."),
    (
        {"when": "at", "day": "2026-12-01"},
        "published",
        "Give the day and the hour.",
    ),
    ({"when": "at", "day": "2026-13-01", "hour": "08:30"}, "published", "“2026-13-01” is not a date"),
    ({"when": "at", "day": "2101-01-01", "hour": "08:30"}, "published", "January 1, 2101 is after 2100."),
    (
        {"when": "at", "day": "2027-03-14", "hour": "02:30"},
        "published",
        "On March 14, 2027 no clock in Québec shows 2:30 a.m.",
    ),
    ({"key": "Fermé!"}, "key", "2 to 60 lower-case letters, digits and hyphens."),
    ({"key": "new"}, "key", "“new” is what the desk calls a notice without a key: choose another."),
    ({"key": "check-spam-folder"}, "key", "Another notice has, or had, this key: choose another one."),
    ({"title_fr": "日本語"}, "key", "None can be made of the French title: choose one."),
]


@pytest.mark.parametrize(("typed", "name", "sentence"), BAD, ids=[f"{name}-{n}" for n, (_, name, _) in enumerate(BAD)])
def test_what_is_wrong_is_told_beside_its_field(paul: Writer, typed: dict[str, Any], name: str, sentence: str) -> None:
    for act in ("check", "keep", "send"):
        words = paul.opens(**{**NOTICE, **typed}).refused(act, confirmed="yes")
        assert sentence in words
        fields = paul.all(f"[id='{name}'][aria-invalid='true']")
        told = fields[0].attrs["aria-describedby"].split()
        assert any(sentence in paul.words_of(f"[id='{one}']") for one in told)
        assert paul.all(f".p-errors a[href='#{name}']")
        assert paul.words_of("title").startswith("Error: A new notice")


def test_all_that_is_wrong_is_told_at_once_and_all_that_was_typed_stays(paul: Writer) -> None:
    typed = {**NOTICE, "title_fr": "", "body_fr": "  é\n", "forms": "405", "when": "at", "day": "2026-12-01"}
    paul.opens(**typed)
    answer = paul.sends("check", status=422)
    inspected(paul, answer)
    assert "There are 3 problems" in paul.words
    assert {name: paul.shown()[name] for name in typed} == {**typed, "body_fr": "é"}


def test_errors_are_in_the_language_of_the_page(paul: Writer) -> None:
    paul.language = "fr"
    paul.opens(**{**NOTICE, "title_fr": "", "audiences": [], "when": "at"}).sends("verifier", status=422)
    for sentence in (
        "Titre en français – Ceci est obligatoire.",
        "Choisissez-en au moins une.",
        "Donnez le jour et l’heure.",
    ):
        assert sentence in paul.words
    assert paul.words_of("title").startswith("Erreur")


@pytest.mark.parametrize(
    ("typed", "name", "sentence"),
    [
        ({"weight": "major"}, "note_fr", "Say in a sentence what changed: readers of the feeds are told it."),
        ({"weight": "major", "note_fr": "x" * 501}, "note_fr", "This is longer than 500 characters."),
        ({"weight": "major", "note_fr": "a\x07"}, "note_fr", "stands for a sign that no page can hold"),
        ({"weight": "english"}, "note_en", "Say in a sentence what changed: readers of the feeds are told it."),
        ({"weight": "english", "note_en": "A."}, "", "A note in English alone is for a text that follows"),
        ({"weight": "major", "note_fr": "A.", "body_fr": FRENCH}, "", "A major change begins with the French text"),
        (
            {"weight": "major", "note_fr": "A.", "body_en": f"{ENGLISH} Thanks."},
            "",
            "Say what changed in each language",
        ),
        ({"weight": "major", "note_fr": "A.", "note_en": "A."}, "", "The English text is as it was"),
    ],
)
def test_a_change_of_a_public_notice_is_refused_in_words(
    paul: Writer, typed: dict[str, Any], name: str, sentence: str
) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, **{"body_fr": f"{FRENCH} Merci.", **typed})
    for act in ("check", "keep"):
        assert sentence in paul.refused(act, KEY, confirmed="yes")
        assert bool(paul.all(f".p-errors a[href='#{name}']")) == bool(name)


def test_a_promise_that_was_made_stays(paul: Writer) -> None:
    promise = {"promise_fr": "Nous vous dirons.", "promise_en": "We will tell."}
    paul.publishes(**NOTICE, **promise)
    paul.opens(KEY, promise_fr="", promise_en="")
    assert "made a promise: leave it there" in paul.refused("check", KEY)


def test_a_promise_that_no_notice_makes_is_not_kept(paul: Writer) -> None:
    paul.opens(**{**NOTICE, "keeps": "nothing-promised"})
    assert "There is no other notice “nothing-promised” with a promise" in paul.refused("check")


def test_a_withdrawn_notice_is_shown_and_not_written_again(paul: Writer) -> None:
    paul.looks(paul.path("maintenance-october-2026"))
    assert "This notice was withdrawn" in paul.words
    assert not paul.all("main form")
    for act in ("check", "keep", "send"):
        paul.form = {**NOTICE, "base": "9999"}
        assert "was withdrawn; give its text another key" in paul.refused(
            act, "maintenance-october-2026", confirmed="yes"
        )


def test_other_fields_than_those_of_the_form_are_not_read(paul: Writer) -> None:
    more = {"published": "2020-01-01 08:00", "id": "1", "html_fr": "<b>x</b>", "revision": "7", "is_trial": "1"}
    more |= {"withdrawn_at": "2020-01-01", "actor": "nobody", "at": "2020-01-01", "is_public": "1"}
    paul.opens(**NOTICE, **more).checks()
    assert not {"published", "html_fr", "actor", "id"} & set(paul.form)
    paul.keeps(**more)
    notice = paul.office.another_worker().get("/api/v1/notices").get_json()["notices"][0]
    assert (notice["key"], notice["revision"]) == (KEY, 1)
    assert notice["published_at"] == "2026-11-20T15:00:00+00:00"
    assert "<b>" not in notice["html"]["fr"]


@pytest.mark.parametrize("key", ["nothing", "NEW", "check-spam", "a" * 80, "é"])
@pytest.mark.parametrize("act", ["check", "keep", "send", "draft", "preview", "again", "forget", "withdraw"])
def test_a_notice_that_is_not_there_is_not_found(paul: Writer, key: str, act: str) -> None:
    paul.opens(**NOTICE).refused(act, key, status=404)


def sent_whole(writer: Writer, act: str, form: dict[str, Any]) -> TestResponse:
    """Send a form, whatever the answer."""
    posted = writer.colleague.posted({**writer.form, **form}, Origin=PUBLIC_URL)
    return writer.colleague.client.post(writer.path("new", act), **posted)


def test_no_text_breaks_the_form(paul: Writer) -> None:
    paul.opens(**NOTICE)
    before = paul.office.dump()
    for text in STRINGS:
        answer = sent_whole(paul, "check", dict.fromkeys((*TEXTS, *OTHERS), text) | {"when": "at", "weight": "major"})
        assert answer.status_code == 422, text
        assert not dangers(answer.text), text
    assert paul.office.dump() == before


def test_no_text_breaks_the_check(paul: Writer) -> None:
    paul.opens(**NOTICE)
    readable = [text for text in STRINGS if not CONTROL.search(text) and "![" not in text]
    for batch in batched(readable, 25):
        answer = sent_whole(paul, "check", {"body_en": "\n\n".join((ENGLISH, *batch))})
        assert not dangers(answer.text), batch
        assert answer.status_code == 200, batch


def test_any_text_is_kept_while_one_types_and_shown_again(paul: Writer) -> None:
    paul.opens(**NOTICE)
    names = (*TEXTS, *OTHERS)
    for batch in batched(STRINGS, len(names)):
        paul.sends("draft", **dict(zip(names, batch, strict=False)))
        answer = paul.colleague.get(paul.path("new"))
        assert not dangers(answer.text), batch


def batched(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    yield from (texts[start : start + size] for start in range(0, len(texts), size))
