"""Telephone numbers as staff type them: accepted or refused as a person would."""

import re

import pytest
from hypothesis import given, strategies as st

from portal.contacts.files import read_phone
from portal.core.errors import PhoneMalformed
from portal.core.formats import phone
from portal.core.languages import LANGUAGES, Language


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("418 780-4208", "+14187804208"),
        ("(418) 780-4208", "+14187804208"),
        ("4187804208", "+14187804208"),
        ("418.780.4208", "+14187804208"),
        ("1-418-780-4208", "+14187804208"),
        ("+1 418 780-4208", "+14187804208"),
        ("418\u00a0780-4208", "+14187804208"),
        ("1 888 330-3023", "+18883303023"),
        ("1 888 330-3023 poste 12", "+18883303023;ext=12"),
        ("1 888 330-3023, Poste 12", "+18883303023;ext=12"),
        ("1 888 330-3023 ext. 12", "+18883303023;ext=12"),
        ("1 888 330-3023 #12", "+18883303023;ext=12"),
        ("811", "811"),
        (" 511 ", "511"),
    ],
)
def test_a_number_is_read_as_a_person_would(typed: str, number: str) -> None:
    assert read_phone(typed) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is no telephone number"),
        ("call us", "“call us” is no telephone number; write for example 418 780-4208"),
        ("((", "“((” is no telephone number"),
        ("780-4208", "is no number that can be called; give its area code too"),
        ("418 780-420", "is no number that can be called"),
        ("418 780-42088", "is no number that can be called"),
        ("111 111-1111", "is no number that can be called"),
        ("+33 1 42 34 56 78", "is not a number of Canada or the United States: it costs whoever calls it"),
        ("+1 876 926 2000", "is not a number of Canada or the United States"),
        ("1 900 451-1234", "costs whoever calls it"),
        ("e 418 780-4208", "is no telephone number"),
        ("418 780-4208\0", "is no telephone number"),
        ("٤١٨ ٧٨٠ ٤٢٠٨", "is no telephone number"),
        ("911", "911 is for emergencies"),
        ("999", "“999” is none of the short numbers 211, 311"),
        ("418 780-4208" + " " * 60 + "x", "is no telephone number"),
    ],
)
def test_a_number_that_is_none_is_refused_in_words(typed: str, why: str) -> None:
    with pytest.raises(PhoneMalformed, match=re.escape(why)):
        read_phone(typed)


@given(st.text(max_size=70))
def test_any_text_is_a_number_or_is_refused(typed: str) -> None:
    try:
        number = read_phone(typed)
    except PhoneMalformed:
        return
    assert re.fullmatch(r"\+1[2-9][0-9]{9}(;ext=[0-9]+)?|[0-9]{3}", number)


@given(st.sampled_from(["+14187804208", "+18883303023", "+18883303023;ext=12", "811"]), st.sampled_from(LANGUAGES))
def test_a_number_that_is_shown_is_read_the_same(number: str, language: Language) -> None:
    assert read_phone(phone(number, language)) == number
