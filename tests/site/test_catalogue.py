"""Laws for the words: every sentence of the code is in the catalogue, and every one is said in French."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from portal.assets import TRANSLATIONS
from portal.core.formats import typography

ROOT = TRANSLATIONS.parent
FILES = sorted(ROOT.glob("portal/**/*.py"))
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
        mapping["pattern"]: {**mapping, "keywords": parse_keywords(mapping.get("keywords", ()))} for mapping in mappings
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


def sentences_made(path: Path) -> list[ast.Call]:
    """Every place of a file that makes a Sentence."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Sentence"]


MADE = [
    pytest.param(call, id=f"{path.relative_to(ROOT)}:{call.lineno}") for path in FILES for call in sentences_made(path)
]


@pytest.mark.parametrize("call", MADE)
def test_a_refusal_is_written_out_and_names_each_of_its_values(call: ast.Call) -> None:
    (template,) = call.args
    assert isinstance(template, ast.Constant), "the catalogue finds only a sentence that is written out"
    names = {word.arg for word in call.keywords}
    assert names == set(PLACEHOLDER.findall(str(template.value)))
    assert not names or str(template.value) % dict.fromkeys(names, "")


#: What a setting or a command alone is refused with.
FOR_OPERATORS = {"SettingError", "KeyLost", "KindUnknown", "LineUnreadable"}
#: What pages say in words of their own, by the class of the error.
IN_OTHER_WORDS = {"SearchTooLong", "UnknownKey", "Withdrawn", "DaysReversed", "TooManyLines", "PasswordRefused"}
IN_OTHER_WORDS |= {"AccountTaken", "AccountDisabled", "LastAdministrator"}
#: Of these folders, a terminal alone says what is refused, or the log of a program that whoever looks after it reads.
TERMINAL = {"commands", "demo", "hub", "outgoing", "purges", "backoffice", "export"}


def refusals() -> set[str]:
    """The names of all errors of ours."""
    nodes = [node for path in FILES for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    bases = {node.name: {ast.unparse(base) for base in node.bases} for node in nodes if isinstance(node, ast.ClassDef)}
    found = {"PortalError"}
    while more := {name for name in bases if bases[name] & found} - found:
        found |= more
    return found


def is_in_english_alone(argument: ast.expr) -> bool:
    """Whether an argument is several words of the code itself: no key, and no Sentence."""
    words = ast.walk(argument) if isinstance(argument, ast.Constant | ast.JoinedStr) else ()
    return any(isinstance(word, ast.Constant) and " " in str(word.value) for word in words)


def refused_in(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call of a file with the name of what it makes: of the class, where that gives itself its words."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            yield name if called == "__init__" else called, node
        yield from refused_in(node, node.name if isinstance(node, ast.ClassDef) else name)


def test_no_refusal_that_staff_meet_is_in_english_alone() -> None:
    names = {"Problem", "of_field", "problem", "Fault", *refusals()} - FOR_OPERATORS - IN_OTHER_WORDS
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in FILES
        if path.relative_to(ROOT).parts[1] not in TERMINAL
        for name, call in refused_in(ast.parse(path.read_text("utf-8")))
        if name in names and any(map(is_in_english_alone, call.args))
    ]
    assert not wrong, "make it a Sentence, and say it in French"
