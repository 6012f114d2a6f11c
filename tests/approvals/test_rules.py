"""When what a second person sends is what the first one had sent."""

from datetime import UTC, datetime

import pytest

from portal.approvals.rules import Fields, Prepared

FIELDS = (("title", "Jours de fermeture"), ("audience", "users"), ("audience", "professionals"), ("note", ""))
PREPARED = Prepared(
    number=7,
    act="notices.publish",
    item={"key": "closing-days"},
    fields=FIELDS,
    person=3,
    name="Paul Tremblay",
    at=datetime(2026, 11, 20, 15, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS,
        FIELDS[::-1],
        # Pages give spaces back in their own way, and leave empty fields out.
        (("title", " Jours\u00a0de\r\n fermeture "), *FIELDS[1:3]),
        (*FIELDS, ("body", " ")),
        # How one answers the questions, and from which revision one began, is no matter of what is done.
        (*FIELDS, ("confirmed", "date_went_back"), ("expected", "12")),
    ],
)
def test_the_same_words_do_the_same(fields: Fields) -> None:
    assert PREPARED.is_same("notices.publish", {"key": "closing-days"}, fields)


@pytest.mark.parametrize(
    ("act", "key", "fields"),
    [
        ("notices.withdraw", "closing-days", FIELDS),
        ("notices.publish", "rss-feeds", FIELDS),
        ("notices.publish", "closing-days", (("title", "jours de fermeture"), *FIELDS[1:])),
        ("notices.publish", "closing-days", FIELDS[:2]),
        ("notices.publish", "closing-days", (*FIELDS, ("audience", "users"))),
        ("notices.publish", "closing-days", (*FIELDS, ("body", "Merci."))),
        ("notices.publish", "closing-days", ()),
    ],
)
def test_another_act_another_item_or_another_word_does_not(act: str, key: str, fields: Fields) -> None:
    assert not PREPARED.is_same(act, {"key": key}, fields)
