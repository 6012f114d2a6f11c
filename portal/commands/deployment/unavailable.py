"""The pages that the front, nginx, shows of itself: when no portal answers, and for what it lets nobody send."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask, render_template
from flask_babel import force_locale

from portal.commands.opening import application, now
from portal.contacts.records import phones
from portal.contacts.rules import Phone
from portal.core import formats
from portal.core.calendar import day_of
from portal.core.languages import LANGUAGES, LOCALES, TAGS, Language
from portal.store.database import session
from portal.web.failures import words_of

#: Their folder, in that of the data.
FOLDER = "front"
#: One page a status: what nginx says in place of the portal.
STATUSES = (413, 429, 503)
#: What a program of another user reads.
READABLE = 0o644


@click.command()
def unavailable() -> None:
    """Write the pages that the front shows while no portal answers, with the telephones of now."""
    with application() as app:
        folder = Path(app.config["DATA"]) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        lines = phones(session(), day_of(now()))
        for status in STATUSES:
            _replace(folder / f"{status}.html", _page(app, status, lines))
        click.echo(f"Written to {folder}.")


def missing_pages(data: Path) -> list[str]:
    """Return the names of the pages that are not there."""
    return [name for name in (f"{status}.html" for status in STATUSES) if not (data / FOLDER / name).is_file()]


def _page(app: Flask, status: int, lines: Sequence[Phone]) -> str:
    parts = [_part(language, status, lines) for language in LANGUAGES]
    with app.test_request_context("/fr/"):
        return render_template("failures/front.html", parts=parts)


def _part(language: Language, status: int, lines: Sequence[Phone]) -> dict[str, object]:
    with force_locale(LOCALES[language]):
        title, sentence = words_of(status)
    numbers = [(line.region.in_(language), line.number, formats.phone(line.number, language)) for line in lines]
    return {"tag": TAGS[language], "title": title, "sentence": sentence, "phones": numbers}


def _replace(file: Path, content: str) -> None:
    """Write a file whole or not at all: it may be asked for at any moment."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as making:
        making.write(content)
    Path(making.name).chmod(READABLE)
    os.replace(making.name, file)
