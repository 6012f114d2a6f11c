"""What people copy by hand: references of requests, form numbers, telephones, the keys in addresses."""

import re
from collections.abc import Iterable

from portal.core.errors import FormNumberMalformed, ReferenceMalformed, ReferenceMistyped
from portal.core.languages import Sentence

#: Crockford's base 32 leaves out I, L, O and U, so that a copied reference can be forgiven.
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: The check symbol is the value modulo 37; five more symbols write 32 to 36.
CHECK_SYMBOLS = SYMBOLS + "*~$=U"
REFERENCE_LENGTH = 10
#: Shown beside the field of a reference; no request has it.
EXAMPLE_REFERENCE = "8ZK3M-2QX7A-N"
#: A person may copy spaces, hyphens and quotes around it; nothing honest is longer.
LONGEST_TYPED = 40

#: What a key is, as whoever types one is told.
KEY_SHAPE = Sentence("a key has 2 to 40 lower-case letters, figures and hyphens, a letter first")

#: Area codes that cost the caller nothing (Canadian Numbering Administrator, “toll-free area codes”).
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})

#: The same digits as Python writes them.
_DIGITS = str.maketrans(SYMBOLS, "0123456789abcdefghijklmnopqrstuv")
_PARTS = " \t-‐‑–—.\u00a0\u202f"
_FORGIVEN = str.maketrans("OIL", "011", _PARTS)
_PARTING = re.compile(f"[{re.escape(_PARTS)}]")
#: Ten symbols and a check symbol where words begin and end, in any spelling that is forgiven; each start is tried.
_REFERENCE_AMONG_WORDS = re.compile(
    rf"(?<![^\W_])(?=((?:[0-9A-Za-z]{_PARTING.pattern}*){{{REFERENCE_LENGTH}}}[0-9A-Za-z*~$=])(?![^\W_]))"
)
_FORM = re.compile(r"[0-9]{4}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
#: Without spaces and capitals, what a person copies with the number of a form; other words are none of ours to keep.
_FORM_TYPED = re.compile(r"(?:formulaire|form|numéro|numero|number|no|nº|n°|[#.:-])*([0-9]{4})[.:]?")


def reference_of(value: int) -> str:
    """Return the reference, check symbol included, that writes a 50-bit `value`."""
    digits = [SYMBOLS[value >> 5 * place & 31] for place in reversed(range(REFERENCE_LENGTH))]
    return "".join(digits) + CHECK_SYMBOLS[value % 37]


def normal_reference(typed: str) -> str:
    """Return the one spelling of a reference typed by a person.

    Forgives case, spaces, hyphens, O for 0, I and L for 1 (product.md §4).
    Raises ReferenceMalformed for a wrong length or symbol, ReferenceMistyped for a wrong check symbol.
    """
    if len(typed) > LONGEST_TYPED:
        raise ReferenceMalformed
    reference = typed.upper().translate(_FORGIVEN)
    body, check = reference[:REFERENCE_LENGTH], reference[REFERENCE_LENGTH:]
    if len(check) != 1 or check not in CHECK_SYMBOLS or not set(body).issubset(SYMBOLS):
        raise ReferenceMalformed
    if CHECK_SYMBOLS[int(body.translate(_DIGITS), 32) % 37] != check:
        raise ReferenceMistyped
    return reference


def has_reference(text: str) -> bool:
    """Say whether a text holds what reads as a reference, parted or not, among other words.

    Of several words together only those that hold a digit: one in 37 sequences of eleven letters would pass for one.
    """
    for found in _REFERENCE_AMONG_WORDS.finditer(text):
        words = found[1]
        try:
            normal_reference(_PARTING.sub("", words))
        except (ReferenceMalformed, ReferenceMistyped):
            continue
        if len(words.split()) == 1 or any(symbol.isdigit() for symbol in words):
            return True
    return False


def printed_reference(reference: str) -> str:
    """Return a reference as an acknowledgement prints it: 5-5-check, easy to read aloud."""
    return f"{reference[:5]}-{reference[5:10]}-{reference[10:]}"


def is_form_number(text: str) -> bool:
    """Say whether `text` is written as a form number of the agency: four digits."""
    return _FORM.fullmatch(text) is not None


def form_number(typed: str) -> str:
    """Return the form number in a text typed by a person: `4058`, `no 4058`, `Formulaire 4 058`.

    Raises FormNumberMalformed unless it is one number, of four digits, with no other word: an address typed in the
    wrong field may hold four digits too.
    """
    found = _FORM_TYPED.fullmatch(re.sub(r"\s", "", typed[: LONGEST_TYPED + 1]).lower())
    if len(typed) > LONGEST_TYPED or not found:
        raise FormNumberMalformed
    return found[1]


def is_key(text: str) -> bool:
    """Say whether a text can be a key, as KEY_SHAPE tells it."""
    return _KEY.fullmatch(text) is not None


def form_numbers(text: str) -> tuple[str, ...]:
    """Return the form numbers of a text that separates them by spaces, sorted, each once. Raises ValueError."""
    words: Iterable[str] = text.split()
    if wrong := next((word for word in words if not is_form_number(word)), None):
        raise ValueError(wrong)
    return tuple(sorted(set(text.split())))
