"""Laws for the words: every sentence of the code is in the catalogue, and every one is said in French."""

import re
import tomllib

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from portal.assets import TRANSLATIONS
from portal.core.formats import typography

ROOT = TRANSLATIONS.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
REMEDY = "run `make messages`, then write what is missing in translations/fr/LC_MESSAGES/messages.po"


def catalogue(path: str) -> Catalog:
    with (TRANSLATIONS / path).open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def both(text: object) -> tuple[str, ...]:
    """The one text of a sentence, or its singular and its plural."""
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, list | tuple) else ()


FRENCH = messages(catalogue("fr/LC_MESSAGES/messages.po"))


def test_the_template_holds_every_sentence_of_the_code() -> None:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {
        mapping["pattern"]: {name: value for name, value in mapping.items() if name not in ("pattern", "method")}
        for mapping in mappings
    }
    in_code = {found[2] for found in extract_from_dir(ROOT, methods, options)}
    assert in_code == {message.id for message in messages(catalogue("messages.pot"))}, REMEDY


def test_the_french_catalogue_has_the_same_sentences() -> None:
    assert {message.id for message in FRENCH} == {message.id for message in messages(catalogue("messages.pot"))}, REMEDY
    assert not catalogue("fr/LC_MESSAGES/messages.po").obsolete


@pytest.mark.parametrize("message", FRENCH, ids=lambda message: both(message.id)[0][:40])
def test_a_sentence_is_said_in_french(message: Message) -> None:
    texts = both(message.string)
    assert not message.fuzzy
    assert all(texts), REMEDY
    wanted = {name for text in both(message.id) for name in PLACEHOLDER.findall(text)}
    for text in texts:
        assert set(PLACEHOLDER.findall(text)) <= wanted
        assert typography(text, "fr") == text, f"French typography: {typography(text, 'fr')!r}"
        assert not re.search(r" [;!?]", text), "no space before ; ! ?"
    assert set(PLACEHOLDER.findall(texts[-1])) == wanted
