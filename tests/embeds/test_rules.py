"""How a badge is drawn: everything inside, nothing unreadable, whatever the name."""

import pytest
from hypothesis import given, strategies as st

from portal.embeds.rules import ELLIPSIS, FILLS, MOST_NAME, PADDING, boxes, legible, shortened, width


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tone", FILLS)
def test_white_words_stand_out_from_every_colour(tone: str) -> None:
    fills: dict[str, str] = dict(FILLS)
    assert 1.05 / (luminance(fills[tone]) + 0.05) >= 7


def test_boxes_stand_side_by_side_each_with_its_words_in_the_middle() -> None:
    name, fact = boxes([("Accès B2B", "name"), ("12 juillet 2021", "plain")])
    assert name.x == 0
    assert fact.x == name.width
    for box in (name, fact):
        assert box.width == pytest.approx(box.length + 2 * PADDING)
        assert box.middle == pytest.approx(box.x + box.width / 2, abs=0.1)
    assert name.fill != fact.fill


def test_a_long_name_ends_in_an_ellipsis_and_a_fact_never_does() -> None:
    long = "Certificat pour les échanges interentreprises (B2B)"
    name, fact = boxes([(long, "name"), (long, "plain")])
    assert name.words.endswith(ELLIPSIS)
    assert long.startswith(name.words.removesuffix(ELLIPSIS))
    assert name.length <= MOST_NAME
    assert fact.words == long


@pytest.mark.parametrize(
    ("words", "most", "shown"),
    [
        ("Accès", 100, "Accès"),
        ("iiii", width("iiii"), "iiii"),
        ("Accès au registre", 55, "Accès a…"),
        ("Accès au registre", 50, "Accès…"),
        ("Accès", 0, ELLIPSIS),
    ],
)
def test_words_are_cut_where_they_no_longer_fit(words: str, most: float, shown: str) -> None:
    assert shortened(words, most) == shown


@given(st.text(max_size=80), st.floats(20, 400))
def test_no_words_are_wider_than_their_room(words: str, most: float) -> None:
    assert width(shortened(words, most)) <= most


def test_an_accent_takes_no_room_and_another_script_takes_all() -> None:
    assert width("é") == width("e\u0301") == width("e")
    assert width("日") == 11
    assert width("") == 0


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a  b\tc\nd", "a b\tc\nd"),
        ("a\x00b", "a b"),
        ("\ufffe", ""),
        ("1er\u00a0juillet", "1er\u00a0juillet"),
    ],
)
def test_words_hold_what_xml_can(words: str, shown: str) -> None:
    assert legible(words) == shown
