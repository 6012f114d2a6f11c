"""Which passwords are refused, and how long a session lasts."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.core.errors import AddressMalformed
from portal.staff.files import read_guesses
from portal.staff.rules import (
    LONGEST_PASSWORD,
    LONGEST_SESSION,
    SHORTEST_PASSWORD,
    Guesses,
    PasswordRefused,
    Person,
    Role,
    Sitting,
    check_password,
    folded,
    sign_in_address,
)
from portal.staff.signing.passwords import guesses

GUESSES = Guesses(
    common=frozenset({"password1", "azertyuiop", "trustno1"}), words=frozenset({"ramq", "portail", "ete"})
)
ABOUT = ("Hélène O’Bomsawin", "h.bomsawin")
BEGAN = datetime(2026, 11, 20, 14, tzinfo=UTC)


def why(password: str, about: tuple[str, ...] = ABOUT) -> str:
    try:
        check_password(password, about, GUESSES)
    except PasswordRefused as refused:
        return refused.why
    return ""


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("vélo+7q", "short"),
        ("vélo+7qu", ""),
        ("vélo" * 64, "monotonous"),
        ("abcdé" * 51 + "f", ""),
        ("abcdé" * 51 + "fg", "long"),
        ("aaaabbbb", "monotonous"),
        ("abababababababababab", "monotonous"),
        ("password1", "common"),
        ("PassWord1", "common"),
        ("  pàsswörd1  ", "common"),
        ("12azertyuiop!!", "common"),
        ("ramq-2026", "common"),
        ("RAMQ2026portail", "common"),
        ("Été-2026-été", "common"),
        ("19840612", "common"),
        ("418 555-0123", "common"),
        ("helene2026!", "personal"),
        ("bomsawin-ramq-1", "personal"),
        ("BOMSAWIN.helene", "personal"),
        ("8274 9912 3346 0157", ""),
        ("trois girafes lentes", ""),
        ("helene et ses girafes", ""),
        ("密码不是这个八字", ""),
    ],
)
def test_a_password_is_refused_for_one_reason(password: str, refused: str) -> None:
    assert why(password) == refused


def test_a_short_name_refuses_nothing() -> None:
    assert why("le bo vélo vert", about=("Bo Le", "b")) == ""


@given(st.text(max_size=LONGEST_PASSWORD + 10))
def test_a_password_is_refused_in_words_or_is_of_a_kept_length(password: str) -> None:
    if not why(password):
        assert SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD


@given(
    st.sampled_from(["azertyuiop", "ramqportail", "étéportail"]),
    st.text("0123456789-_.!", max_size=6),
    st.text("0123456789-_.!", max_size=6),
    st.booleans(),
)
def test_no_figure_sign_or_capital_around_it_saves_a_guess(guess: str, before: str, after: str, loud: bool) -> None:
    assert why(before + (guess.upper() if loud else guess) + after) == "common"


@given(st.text(max_size=60))
def test_what_is_folded_is_folded_for_good(text: str) -> None:
    assert not any(unicodedata.combining(letter) for letter in folded(text))
    assert folded(f"  {text.strip()} ") == folded(text)


def test_a_list_of_guesses_is_read_without_its_notes() -> None:
    assert read_guesses("# a note\nÉté\n\n  Mot de passe \n") == {"ete", "mot de passe"}


def test_our_own_lists_hold_what_people_choose_and_what_this_agency_is_called() -> None:
    ours = guesses()
    assert len(ours.common) > 5_000
    assert all(len(word) >= SHORTEST_PASSWORD for word in ours.common)
    assert {"password1", "azertyuiop"} & ours.common
    assert {"regie", "ramq", "selat"} <= ours.words
    with pytest.raises(PasswordRefused):
        check_password("Régie de l’assurance maladie du Québec 2026", (), Guesses(ours.common, ours.words | {"l"}))


def test_a_session_ends_after_its_longest_time_or_when_it_is_ended() -> None:
    sitting = Sitting("hash", 1, BEGAN, "Firefox", None)
    assert sitting.is_live(BEGAN + LONGEST_SESSION - timedelta(seconds=1))
    assert not sitting.is_live(BEGAN + LONGEST_SESSION)
    assert not Sitting("hash", 1, BEGAN, "Firefox", BEGAN).is_live(BEGAN)


@pytest.mark.parametrize("typed", ["Hélène@Agence-Essai.ca", " hélène@agence-essai.CA ", "hélène@agence-essai.ca"])
def test_an_address_is_known_however_it_is_typed(typed: str) -> None:
    assert sign_in_address(typed) == "hélène@agence-essai.ca"
    assert sign_in_address("a@ａgence-essai.ca") == "a@agence-essai.ca"


@pytest.mark.parametrize(
    "typed", ["", "hélène", "a@b", "a b@agence-essai.ca", "a@agence-essai.ca, b@agence-essai.ca", "\0@a.ca"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(AddressMalformed):
        sign_in_address(typed)


@pytest.mark.parametrize(
    ("roles", "has_any"),
    [((), False), (("editor",), False), (("publisher",), True), (("editor", "auditor"), True)],
)
def test_one_role_of_several_is_enough(roles: tuple[Role, ...], has_any: bool) -> None:
    person = Person(3, "h.bomsawin@agence-essai.ca", "Hélène", frozenset(roles), is_active=True)
    assert person.has_any({"publisher", "auditor"}) is has_any
