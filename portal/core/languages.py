"""The two languages of the portal: French first, English chosen by the visitor."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]

LANGUAGES: tuple[Language, ...] = ("fr", "en")
#: The locale behind each language: formats are those of Canada (product.md §6).
LOCALES: dict[Language, str] = {"fr": "fr_CA", "en": "en_CA"}
#: As HTML, RSS and hreflang write it (BCP 47).
TAGS: dict[Language, str] = {"fr": "fr-CA", "en": "en-CA"}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text that exists in both languages.

    `fr` is the reference; an empty `en` means that there is no English text yet.
    """

    fr: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the text in `language`, or the French one where the English is missing."""
        return self.fr if language == "fr" else self.en or self.fr

    def exactly(self, language: Language) -> str:
        """Return the text in `language`, empty where there is none."""
        return self.fr if language == "fr" else self.en

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)


#: A text that nobody wrote.
NO_TEXT = Bilingual("", "")


def language_of(path: str) -> Language:
    """Return the language that a path is in, even one that leads nowhere."""
    return "en" if path == "/en" or path.startswith("/en/") else "fr"


def other(language: Language) -> Language:
    """Return the language of the twin page."""
    return "en" if language == "fr" else "fr"
