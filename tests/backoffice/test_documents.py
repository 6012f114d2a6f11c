"""A document of a program, read field by field: what is wrong is told with its place, all at once."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.backoffice.documents import Document, DocumentRefused, NotADocument
from portal.core.languages import Bilingual


def document(**fields: Any) -> Document:
    return Document.read(json.dumps(fields).encode())


def faults(sent: Document) -> dict[str, str]:
    with pytest.raises(DocumentRefused) as refused:
        sent.end()
    return {fault.at: fault.sentence for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON that can be read"),
        (b"{", "no JSON that can be read"),
        (b"[" * 60_000, "no JSON that can be read"),
        (b"[1]", "begin it with {"),
        (b'"x"', "begin it with {"),
        (b"null", "begin it with {"),
        ('{"a": "é"}'.encode("latin-1"), "not in UTF-8"),
    ],
)
def test_a_body_that_is_no_object_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(NotADocument, match=words):
        Document.read(body)


def test_what_is_right_is_read() -> None:
    sent = document(
        text="  a\nb  ", line=" a\n b ", day="2026-07-01", flag=True, number=7, both={"fr": "Oui?", "en": "Yes"},
        texts=[" a ", "b"], part={"x": "y"}, parts=[{"n": 1}, {"n": 2}], choice="b",
    )  # fmt: skip
    assert sent.text("text") == "a\nb"
    assert sent.line("line") == "a b"
    assert sent.day("day") == date(2026, 7, 1)
    assert sent.flag("flag") is True
    assert sent.number("number") == 7
    assert sent.both("both") == Bilingual("Oui?", "Yes")
    assert sent.texts("texts") == ["a", "b"]
    part = sent.part("part")
    assert part
    assert part.text("x") == "y"
    assert [one.number("n") for one in sent.parts("parts", most=2)] == [1, 2]
    assert sent.choice("choice", ["a", "b"]) == "b"
    sent.end()


def test_what_is_left_out_is_nothing() -> None:
    sent = document(null=None)
    assert (sent.text("a"), sent.line("null"), sent.day("b"), sent.flag("c"), sent.number("d")) == (
        "",
        "",
        None,
        False,
        None,
    )
    assert (sent.both("e"), sent.texts("f"), sent.part("g"), sent.choice("h", ["x"])) == (
        Bilingual("", ""),
        [],
        None,
        "",
    )
    sent.end()


def test_a_day_that_is_needed_must_be_there() -> None:
    sent = document()
    assert sent.needed_day("day") == date.min
    assert faults(sent) == {"/day": "this is required"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-02-30", "this is no date"),
        ("hier", "this is no date"),
        ("\ud83d", "there is a sign that no page can hold"),
        ("2026-11-21", "is in the future"),
        ("1980-01-01", "is before 1990"),
        (20261120, "give a text"),
    ],
)
def test_a_day_that_is_none_is_told(value: object, words: str) -> None:
    sent = document(day=value)
    sent.day("day", today=date(2026, 11, 20))
    assert words in faults(sent)["/day"]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("text", 1, "give a text"),
        ("text", "a\x00", "there is a sign that no page can hold"),
        ("text", "\ud800", "there is a sign that no page can hold"),
        ("text", "x" * 1_001, "this is longer than 1000 characters"),
        ("flag", "yes", "give true or false"),
        ("flag", 1, "give true or false"),
        ("number", -1, "give a whole number from 0"),
        ("number", 2**31, "give a whole number from 0"),
        ("number", True, "give a whole number from 0"),
        ("number", 1.5, "give a whole number"),
        ("texts", "a", "give a list of texts"),
        ("texts", [1], "give a list of texts"),
        ("texts", ["\x07"], "give a list of texts"),
        ("part", [], "give an object"),
        ("both", "a", "give an object"),
    ],
)
def test_what_is_of_another_kind_is_told(kind: str, value: object, words: str) -> None:
    sent = document(field=value)
    getattr(sent, kind)("field")
    assert words in faults(sent)["/field"]


@pytest.mark.parametrize("value", [[], [1], [{}, {}, {}], {}, None])
def test_a_list_of_objects_has_one_at_least_and_not_too_many(value: object) -> None:
    sent = document(parts=value)
    assert sent.parts("parts", most=2) == ()
    assert set(faults(sent)) == {"/parts"}


def test_a_sentence_in_one_language_alone_is_told() -> None:
    for given_, missing in (("fr", "en"), ("en", "fr")):
        sent = document(why={given_: "x"})
        sent.both("why")
        assert faults(sent) == {f"/why/{missing}": "say it in both languages, or in neither"}


def test_a_word_that_is_not_known_is_told_with_those_that_are() -> None:
    sent = document(by="pigeon")
    assert sent.choice("by", ["email", "mail"]) == ""
    assert faults(sent) == {"/by": "this is one of email, mail"}


def test_a_text_that_is_required_is_more_than_blanks() -> None:
    sent = document(reason="  ", forms=[])
    sent.text("reason", is_required=True)
    sent.texts("forms", is_required=True)
    assert faults(sent) == {"/reason": "this is required", "/forms": "this is required"}


def test_null_must_be_meant() -> None:
    sent = document(meant=None, blank=" ", other=1)
    assert [sent.line_or_null(name) for name in ("meant", "blank", "other", "missing")] == ["", "", "", ""]
    assert faults(sent) == {"/blank": "this is required", "/other": "give a text", "/missing": "this is required"}


def test_a_field_that_nobody_asks_for_is_told_wherever_it_stands() -> None:
    sent = document(**{"9W88GWVWN7Y": 1, "typo": 1, "known": "x", "parts": [{"n": 1, "m": 2}]})
    sent.text("known")
    for one in sent.parts("parts", most=2):
        one.number("n")
    told = faults(sent)
    assert set(told) == {"", "/typo", "/parts/0/m"}
    assert told["/typo"] == "there is a field that is not known; there are known, parts"


def test_a_fault_may_be_told_of_a_field_within_another() -> None:
    sent = document()
    sent.tell("title/fr", "too long")
    assert faults(sent) == {"/title/fr": "too long"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
    )
)
def test_no_value_breaks_a_field(value: object) -> None:
    sent = document(field=value)
    for ask in (sent.text, sent.line, sent.day, sent.flag, sent.number, sent.both, sent.texts, sent.part):
        ask("field")
    sent.parts("field", most=3)
    sent.choice("field", ["a"])
    faults(sent)


@pytest.mark.parametrize(
    ("typed", "at", "fault"),
    [
        (None, None, ""),
        ("2026-11-20 08:30", datetime(2026, 11, 20, 13, 30, tzinfo=UTC), ""),
        ("2026-11-20T08:30", datetime(2026, 11, 20, 13, 30, tzinfo=UTC), ""),
        ("8 h", None, "write the day and the hour in Québec, for example 2021-07-22 08:30"),
        ("2026-11-31 08:30", None, "this is no date; write it YYYY-MM-DD, for example 2021-07-22"),
        ("2101-11-01 08:30", None, "2101-11-01 is after 2100"),
        ("2026-03-08 02:30", None, "on 2026-03-08 no clock in Québec shows 02:30: it goes forward then"),
    ],
)
def test_an_instant_is_a_day_and_an_hour_in_quebec(typed: str | None, at: datetime | None, fault: str) -> None:
    sent = Document({"at": typed})
    assert sent.instant("at") == at
    assert [one.sentence for one in sent.faults] == ([fault] if fault else [])
