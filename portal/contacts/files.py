"""A telephone number as a person types it: `418 780-4208`, `1 888 330-3023 poste 12`, `811`."""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumberType,
    is_valid_number,
    number_type,
    parse,
    region_code_for_number,
)
from phonenumbers.shortnumberinfo import is_emergency_number

from portal.core.errors import PhoneMalformed

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
_EXAMPLE = "write for example 418 780-4208"


def read_phone(typed: str) -> str:
    """Return what follows `tel:` for a number (RFC 3966), its extension with it. A short number stays as it is.

    Raises PhoneMalformed, saying what is wrong: no number, one that does not exist, an emergency one, one that the
    caller pays for, another country.
    """
    shown = typed.strip()[:LONGEST_TYPED]
    found = _TYPED.fullmatch(typed) if len(typed) <= LONGEST_TYPED else None
    if found is None:
        raise PhoneMalformed(f"“{shown}” is no telephone number; {_EXAMPLE}")
    if re.fullmatch(r"[0-9]{3}", shown):
        return _short(shown)
    try:
        number = parse(found["number"], REGION)
    except NumberParseException:
        raise PhoneMalformed(f"“{shown}” is no telephone number; {_EXAMPLE}") from None
    if not is_valid_number(number):
        raise PhoneMalformed(f"“{shown}” is no number that can be called; give its area code too: {_EXAMPLE}")
    kind = number_type(number)
    if kind != PhoneNumberType.TOLL_FREE and region_code_for_number(number) not in NEAR:
        raise PhoneMalformed(f"“{shown}” is not a number of Canada or the United States: it costs whoever calls it")
    if kind not in FREE_OR_USUAL:
        raise PhoneMalformed(f"“{shown}” costs whoever calls it")
    extension = f";ext={found['extension']}" if found["extension"] else ""
    return f"+{number.country_code}{number.national_number}{extension}"


def _short(digits: str) -> str:
    if is_emergency_number(digits, REGION):
        raise PhoneMalformed(f"{digits} is for emergencies: no line of the agency")
    if digits not in SHORT:
        raise PhoneMalformed(f"“{digits}” is none of the short numbers {', '.join(sorted(SHORT))}; {_EXAMPLE}")
    return digits
