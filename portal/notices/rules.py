"""Notices: whom they are for, and what makes one publishable."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from portal.core.languages import Bilingual, Language
from portal.core.text import slug

#: The audiences, the same keys in both languages (product.md §2).
Audience = Literal["professionals", "dispensers", "institutions", "developers", "rehabilitation"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
AUDIENCE_NAMES: dict[Audience, Bilingual] = {
    "professionals": Bilingual("Professionnels de la santé", "Health professionals"),
    "dispensers": Bilingual("Dispensateurs de services assurés", "Dispensers of insured services"),
    "institutions": Bilingual("Établissements du réseau de la santé", "Institutions of the health network"),
    "developers": Bilingual("Développeurs de logiciels", "Software developers"),
    "rehabilitation": Bilingual("Établissements de réadaptation", "Rehabilitation institutions"),
}

LONGEST_TITLE = 150
LONGEST_BODY = 50_000
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as its file gives it. `published_at` is aware; an empty `en` means French only."""

    key: str
    published_at: datetime
    audiences: tuple[Audience, ...]
    title: Bilingual
    body: Bilingual


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as visitors read it. `html` is safe; instants are aware; `id` and `key` never change."""

    id: int
    key: str
    published_at: datetime
    updated_at: datetime
    audiences: tuple[Audience, ...]
    title: Bilingual
    html: Bilingual

    def slug(self, language: Language) -> str:
        """Return the readable end of its address; the number before it is what finds the notice."""
        return slug(self.title.in_(language))

    def is_in(self, language: Language) -> bool:
        """Say whether the notice exists in `language`; every notice exists in French."""
        return language == "fr" or bool(self.html.en)


def names_form(text: str, form_number: str) -> bool:
    """Say whether a text names a form; the end of a telephone number, `418 780-4208`, does not."""
    return re.search(rf"(?<!\d)(?<!\d{{3}}[\s.\-\u2010\u2011]){form_number}(?!\d)", text) is not None
