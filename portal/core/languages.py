"""The two languages of the portal: French first, English chosen by the visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Literal, Self

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

#: What may stand in a sentence: another sentence is a text too.
Value = str | int | date | time | Bilingual | Sequence[str | int | date]


class Sentence(str):
    """A sentence of ours: in English it is a text as any other; `web.locale.in_words` says it in a page’s language.

    `template` is the sentence as the catalogue has it, with the places `%(day)s` of its `values`; without any, a sign
    “%” is itself. It has neither a capital nor a point: it may stand in a line of the terminal, or in another sentence.
    """

    template: str
    values: dict[str, Value]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Return the sentence, its values as English writes them on one line."""
        plain = {name: _plain(value) for name, value in values.items()}
        sentence = super().__new__(cls, template % plain if values else template)
        sentence.template, sentence.values = template, values
        return sentence


def _plain(value: Value) -> str:
    match value:
        case Bilingual():
            return value.en
        case time():
            return f"{value:%H:%M}"
        case list() | tuple():
            return ", ".join(map(str, value))
    return str(value)


def language_of(path: str) -> Language:
    """Return the language that a path is in, even one that leads nowhere; those of the desk stand under it."""
    path = path.removeprefix("/desk")
    return "en" if path == "/en" or path.startswith("/en/") else "fr"


def other(language: Language) -> Language:
    """Return the language of the twin page."""
    return "en" if language == "fr" else "fr"
