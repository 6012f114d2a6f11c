"""Numbers people copy by hand: what is forgiven, what is caught."""

import pytest
from hypothesis import assume, given, strategies as st

from portal.core.errors import FormNumberMalformed, ReferenceMalformed, ReferenceMistyped
from portal.core.numbers import (
    CHECK_SYMBOLS,
    SYMBOLS,
    form_number,
    form_numbers,
    has_reference,
    is_form_number,
    is_key,
    normal_reference,
    printed_reference,
    reference_of,
)

values = st.integers(0, 2**50 - 1)
references = values.map(reference_of)


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        (0, "00000000000"),
        (1, "00000000011"),
        (32, "0000000010*"),
        (33, "0000000011~"),
        (34, "0000000012$"),
        (35, "0000000013="),
        (36, "0000000014U"),
        (37, "00000000150"),
        (1234, "000000016JD"),  # 1 × 32² + 6 × 32 + 18; 1234 = 33 × 37 + 13
        (2**50 - 1, "ZZZZZZZZZZ" + CHECK_SYMBOLS[(2**50 - 1) % 37]),
    ],
)
def test_a_value_is_written_with_ten_symbols_and_its_check(value: int, reference: str) -> None:
    assert reference_of(value) == reference


@given(values, values)
def test_two_values_never_share_a_reference(one: int, two: int) -> None:
    assume(one != two)

    assert reference_of(one) != reference_of(two)


@given(references)
def test_a_printed_reference_is_read_back(reference: str) -> None:
    assert len(reference) == 11
    assert normal_reference(reference) == reference
    assert normal_reference(printed_reference(reference)) == reference


def test_a_reference_is_printed_in_groups_that_one_can_read_aloud() -> None:
    assert printed_reference("000000016JD") == "00000-0016J-D"


@pytest.mark.parametrize(
    "typed",
    [
        "000000016JD",
        "000000016jd",
        "00000-0016J-D",
        "  00000 0016J D ",
        "OOOOO-OOI6J-D",
        "ooooo-ool6j-d",
        "00000-00L6J-D",
        "00000\u00a00016J\u202fD",
        "00000‑0016J–D",
        "00000—0016J‐D",
        "\t00000.0016J.D",
        "0-0-0-0-0-0-0-1-6-J-D",
    ],
)
def test_the_slips_of_a_copyist_are_forgiven(typed: str) -> None:
    assert normal_reference(typed) == "000000016JD"


@given(references, st.data())
def test_case_spaces_and_hyphens_never_matter(reference: str, data: st.DataObject) -> None:
    typed = "".join(
        data.draw(st.sampled_from([symbol, symbol.lower()])) + data.draw(st.sampled_from(["", " ", "-", "‑"]))
        for symbol in reference
    )

    assert normal_reference(typed) == reference


@given(references, st.integers(0, 9), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_always_caught(reference: str, place: int, symbol: str) -> None:
    assume(reference[place] != symbol)

    with pytest.raises(ReferenceMistyped):
        normal_reference(reference[:place] + symbol + reference[place + 1 :])


@given(references, st.sampled_from(CHECK_SYMBOLS))
def test_a_wrong_check_symbol_is_always_caught(reference: str, check: str) -> None:
    assume(check != reference[-1])

    with pytest.raises(ReferenceMistyped):
        normal_reference(reference[:-1] + check)


@given(references, st.integers(0, 8))
def test_two_neighbours_exchanged_are_always_caught(reference: str, place: int) -> None:
    one, two = reference[place : place + 2]
    assume(one != two)

    with pytest.raises(ReferenceMistyped):
        normal_reference(reference[:place] + two + one + reference[place + 2 :])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " - ",
        "000000016J",  # no check symbol
        "000000016JDD",
        "00000001UJD",  # U is no symbol, only a check
        "000000016J%",
        "0000000*6JD",
        "000000016J\n",
        "٠00000016JD",
        "é00000016JD",
        "\x0000000016JD",
        "000000016JD" + " " * 30,  # 41 characters
        "0" * 10_000,
    ],
)
def test_what_has_not_the_shape_of_a_reference_is_malformed(typed: str) -> None:
    with pytest.raises(ReferenceMalformed):
        normal_reference(typed)


def test_forty_characters_are_still_read() -> None:
    assert normal_reference("000000016JD" + " " * 29) == "000000016JD"


@given(st.text(max_size=45))
def test_any_text_is_a_reference_or_is_refused(typed: str) -> None:
    try:
        reference = normal_reference(typed)
    except (ReferenceMalformed, ReferenceMistyped):
        return
    assert reference_of(sum(SYMBOLS.index(s) << 5 * (9 - i) for i, s in enumerate(reference[:10]))) == reference


@pytest.mark.parametrize("text", ["4058", "0000", "9999"])
def test_four_digits_are_a_form_number(text: str) -> None:
    assert is_form_number(text)


@pytest.mark.parametrize("text", ["", "405", "40580", "4O58", "٤٠٥٨", "4058\n", " 4058", "40 8", "-058"])
def test_anything_else_is_no_form_number(text: str) -> None:
    assert not is_form_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("  ", ()),
        ("4346", ("4346",)),
        ("4134 4058", ("4058", "4134")),
        ("4058  4058\t4134", ("4058", "4134")),
    ],
)
def test_form_numbers_are_sorted_each_once(text: str, expected: tuple[str, ...]) -> None:
    assert form_numbers(text) == expected


@pytest.mark.parametrize(("text", "wrong"), [("4058,4123", "4058,4123"), ("4058 abc 12", "abc"), ("٤٠٥٨", "٤٠٥٨")])
def test_the_first_word_that_is_no_form_number_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        form_numbers(text)
    assert str(caught.value) == wrong


@pytest.mark.parametrize(
    "typed",
    [
        "4058",
        " 4058 ",
        "4 058",
        "40\u00a058",
        "no 4058",
        "Formulaire 4058",
        "form-4058",
        "4058.",
        "#4058",
        "N° 4058",
        "Formulaire no 4058",
        "FORMULAIRE : 4058",
        "Numéro 4058",
        "Form number 4058",
    ],
)
def test_a_form_number_is_found_in_what_a_person_types(typed: str) -> None:
    assert form_number(typed) == "4058"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "405",
        "40580",
        "4O58",
        "٤٠٥٨",
        "4058-4123",
        "4058, 4123",
        "le 22 juillet 2021",
        "4058" + " " * 40,
        "jacques.untel@xx.com 4058",
        "jacques4058@xx.com",
        "4058@xx.com",
        "Jacques Untel 4058",
        "4058 Untel",
        "4058%f1",
    ],
)
def test_what_holds_no_one_form_number_is_refused(typed: str) -> None:
    with pytest.raises(FormNumberMalformed):
        form_number(typed)


@given(st.text())
def test_any_text_is_a_form_number_or_is_refused(typed: str) -> None:
    try:
        found = form_number(typed)
    except FormNumberMalformed:
        return
    assert is_form_number(found)


@pytest.mark.parametrize("value", [33, 36, 1234, 998_877_665_544, 2**49 + 7])
@pytest.mark.parametrize(
    "text", ["{}", "Why: {}.", "({})", "ref={}", "_{}_", "of {} and others", "4058 {}", "« {} »", "was {}, 2026-10-01"]
)
def test_a_reference_is_found_among_words_in_any_spelling(value: int, text: str) -> None:
    reference = reference_of(value)
    printed = printed_reference(reference)
    spaced = printed.replace("-", " "), printed.replace("-", " – "), " ".join(reference)
    for spelling in (reference, reference.lower(), printed, *spaced, reference.replace("0", "o")):
        assert has_reference(text.format(spelling)), spelling


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Closed by mistake",
        "Erreur de saisie à l’accueil",
        "12 requests of 2026-10-02 were closed",
        "8ZK3M-2QX7A-M",
        "8ZK3M-2QX7A-NX",
    ],
)
def test_other_words_are_no_reference(text: str) -> None:
    assert not has_reference(text)


def test_words_in_a_row_that_hold_no_digit_are_no_reference() -> None:
    letters = next(word for word in map(reference_of, range(0, 2**50, 2**33 + 12_345)) if word.isalpha())
    assert has_reference(letters)
    assert has_reference(f"{letters[:5]}-{letters[5:]}")
    assert not has_reference(f"{letters[:5]} {letters[5:]}")


@pytest.mark.parametrize("text", ["ab", "laval", "b2b-by-email", "a" + "0" * 39])
def test_a_key_is_made_of_what_every_address_holds(text: str) -> None:
    assert is_key(text)


@pytest.mark.parametrize("text", ["", "a", "Laval", "1b", "-b", "la val", "été", "a/b", "ab\n", "a" * 41, "a٣"])
def test_anything_else_is_no_key(text: str) -> None:
    assert not is_key(text)
