"""Whether two typed addresses are one mailbox, and whether it looks shared (product.md §2, notice of July 2021). Pure.

An address is personal: no error, no representation and no finding repeats it.
"""

import re
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import combining, normalize

from portal.core.errors import AddressMalformed, AddressUnreachable

#: An address has 254 characters at most (RFC 5321, errata 1690); a person may copy spaces around it.
LONGEST_TYPED = 320
#: What may stand around an address that was copied: spaces, and marks that nobody sees.
_AROUND = " \t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2009\u200a\u200b\u200e\u200f\u2028\u2029\u202f\u2060\u3000\ufeff"
#: One service, two domains, and dots that make no other mailbox (Gmail help, “Dots don’t matter in Gmail addresses”).
_GMAIL = frozenset({"gmail.com", "googlemail.com"})

#: Whose address it is: the user’s, of section 2 of the form, or that of the person who authorises, of section 3.
Role = Literal["user", "authoriser"]
Kind = Literal["same_mailbox", "never_accepted", "shared", "both_personal", "exchanged"]


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """Where an address leads: two that lead to one place are equal.

    `written` is what stands before the “@” with its dots, without a tag: in it a name can still be read.
    """

    local: str
    domain: str
    written: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Names:
    """What mailboxes are called: `words` of shared ones, those told `alone` only, and those that the notice `refused`.

    `personal` are the domains of free mail. All are without accents, capitals and separators.
    """

    words: frozenset[str]
    alone: frozenset[str]
    refused: frozenset[str]
    personal: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or may be, with two addresses; `role` and `word` say whose looks shared, and by which word."""

    kind: Kind
    role: Role | None = None
    word: str = ""

    @property
    def is_refused(self) -> bool:
        """Say whether the notice refuses it plainly; the others are warnings."""
        return self.kind in ("same_mailbox", "never_accepted")


def mailbox(typed: str) -> Mailbox:
    """Return where a typed address leads, whatever its spelling.

    Spaces around it, full-width letters, capitals, the spelling of an international domain, a final dot and a `+tag`
    make no other mailbox; at Gmail, dots do not either. A tag is one to most services but not to all: where it is none,
    two mailboxes are taken for one, which costs another address, and the other mistake would send both credentials to
    one place. Raises AddressMalformed, or its AddressUnreachable.
    """
    # Here and below, because few visitors type an address, and each worker's first visitor waits for what is imported.
    from email_validator import EmailNotValidError, validate_email

    text = normalize("NFKC", typed[: LONGEST_TYPED + 1]).strip(_AROUND).removesuffix(".")
    if len(typed) > LONGEST_TYPED or "\ufffd" in text:  # it stands for what could not be read, or may not be shown
        raise AddressMalformed
    try:
        found = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):  # a lone half of a surrogate pair cannot be encoded
        raise _refusal(text) from None
    # Case by case folding, and what that leaves composed anew (Unicode §5.18, NFKC_Casefold).
    local = normalize("NFKC", found.local_part.casefold())
    written = local.partition("+")[0].rstrip(".") or local
    domain = found.ascii_domain.lower()
    if domain in _GMAIL:
        return Mailbox(written.replace(".", ""), "gmail.com", written)
    return Mailbox(written, domain, written)


def _refusal(text: str) -> AddressMalformed:
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    ending = text.rpartition(".")[2].lower()
    return AddressUnreachable(ending) if "@" in text and ending in SPECIAL_USE_DOMAIN_NAMES else AddressMalformed()


def check(user: Mailbox, authoriser: Mailbox, names: Names, *, one_person: bool) -> list[Finding]:
    """Return all that is found of the user’s address and the authorising person’s; `one_person` holds both roles.

    The notice refuses one mailbox for both, and `information@`. It wants no other shared mailbox either, but a name is
    a guess: that is a warning. One person gives the personal address in section 2 and the professional one in section
    3, in the notice’s example.
    """
    found = [Finding("same_mailbox")] if user == authoriser else []
    roles: tuple[tuple[Role, Mailbox], ...] = (("user", user), ("authoriser", authoriser))
    found += [finding for role, one in roles if (finding := shared(role, one, names))]
    if one_person and user != authoriser and authoriser.domain in names.personal:
        found.append(Finding("both_personal" if user.domain in names.personal else "exchanged"))
    return found


def shared(role: Role, found: Mailbox, names: Names) -> Finding | None:
    """Return what is found of one address if its name says that it is shared."""
    word = role_word(found, names)
    if not word:
        return None
    name = _folded(re.sub(r"[\W\d_]", "", found.written))
    return Finding("never_accepted" if name in names.refused else "shared", role, word)


def role_word(found: Mailbox, names: Names) -> str:
    """Return what in a mailbox’s name says that it is shared, as it is written, or nothing.

    Never a part of a word (`infante`, `dominfo`). Of several words, the first and the last alone: between two others
    it may be part of a name. Not beside initials: `j.service` is a person.
    """
    parts = [part.strip("0123456789") for part in re.findall(r"[^\W_]+", found.written)]
    parts = [part for part in parts if part]
    words = [_folded(part) for part in parts]
    initials = [word for word in words if len(word) == 1]
    if not initials and "".join(words) in names.words | names.alone:
        return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", found.written)
    if initials and len(initials) >= len(words) - 1:
        return ""
    ends = {0, len(words) - 1} if words else set()
    return next((parts[place] for place in sorted(ends) if words[place] in names.words), "")


def _folded(word: str) -> str:
    return "".join(symbol for symbol in normalize("NFKD", word) if not combining(symbol))
