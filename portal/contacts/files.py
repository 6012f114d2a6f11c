"""A telephone number as a person types it: `418 780-4208`, `1 888 330-3023 poste 12`, `811`."""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberType,
    is_valid_number,
    number_type,
    parse,
    region_code_for_number,
)
from phonenumbers.shortnumberinfo import is_emergency_number

from portal.core.errors import PhoneMalformed
from portal.core.languages import Sentence

REGION = "CA"
#: Countries that are called from Québec as if they were here; others share the country code 1 at the caller's cost.
NEAR = frozenset({"CA", "US"})
FREE_OR_USUAL = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.TOLL_FREE})
#: Numbers of three figures that a service may have in Québec.
SHORT = frozenset({"211", "311", "511", "711", "811"})
LONGEST_TYPED = 60
_DIGITS = r"\s*\+?[0-9(][0-9\s().\-\u2010\u2011\u2013]*"
_TYPED = re.compile(
    rf"(?P<number>{_DIGITS}?)(?:[\s,;]*(?:poste|ext\.?|x|#)\s*(?P<extension>[0-9]{{1,7}}))?\s*", re.IGNORECASE
)


def read_phone(typed: str) -> str:
    """Return what follows `tel:` for a number (RFC 3966), its extension with it. A short number stays as it is.

    Raises PhoneMalformed, saying what is wrong: no number, one that does not exist, an emergency one, one that the
    caller pays for, another country.
    """
    shown = typed.strip()[:LONGEST_TYPED]
    found = _TYPED.fullmatch(typed) if len(typed) <= LONGEST_TYPED else None
    refusal = Sentence("“%(typed)s” is no telephone number; write for example 418 780-4208", typed=shown)
    if found is None:
        raise PhoneMalformed(refusal)
    if re.fullmatch(r"[0-9]{3}", shown):
        return _short(shown)
    try:
        number = parse(found["number"], REGION)
    except NumberParseException:
        raise PhoneMalformed(refusal) from None
    _check(number, shown)
    extension = f";ext={found['extension']}" if found["extension"] else ""
    return f"+{number.country_code}{number.national_number}{extension}"


def _check(number: PhoneNumber, shown: str) -> None:
    if not is_valid_number(number):
        sentence = Sentence(
            "“%(typed)s” is no number that can be called; give its area code too: write for example 418 780-4208",
            typed=shown,
        )
        raise PhoneMalformed(sentence)
    kind = number_type(number)
    if kind != PhoneNumberType.TOLL_FREE and region_code_for_number(number) not in NEAR:
        sentence = Sentence(
            "“%(typed)s” is not a number of Canada or the United States: it costs whoever calls it", typed=shown
        )
        raise PhoneMalformed(sentence)
    if kind not in FREE_OR_USUAL:
        raise PhoneMalformed(Sentence("“%(typed)s” costs whoever calls it", typed=shown))


def _short(digits: str) -> str:
    if is_emergency_number(digits, REGION):
        raise PhoneMalformed(Sentence("%(typed)s is for emergencies: no line of the agency", typed=digits))
    if digits not in SHORT:
        sentence = Sentence(
            "“%(typed)s” is none of the short numbers %(known)s; write for example 418 780-4208",
            typed=digits,
            known=sorted(SHORT),
        )
        raise PhoneMalformed(sentence)
    return digits
