"""What every command begins with: its file, its day, its application; and refusals turned into words."""

import getpass
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.app import create_app
from portal.config import Config, from_environment
from portal.core.calendar import parse_day
from portal.core.errors import FileRefused, NeedsConfirmation, PortalError, SettingError
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.core.numbers import KEY_SHAPE, is_key
from portal.core.tables import CONTROL

LARGEST_FILE = 50_000_000
LONGEST_SENTENCE = 1_000


#: A process gives one command; the tests give many, and to make the application takes longer than most: those of the
#: same settings share one.
@lru_cache(maxsize=2)
def _made(make: Callable[[Config], Flask], config: Config) -> Flask:
    return make(config)


File = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


class DayType(click.ParamType):
    """A day written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or refuse it in words."""
        try:
            return value if isinstance(value, date) else parse_day(value)
        except PortalError as error:
            self.fail(str(error), param, ctx)


def now() -> datetime:
    """Return the aware instant at which the command is given."""
    return datetime.now(UTC)


def actor() -> str:
    """Return who gives the command, for the audit log."""
    return f"command line: {getpass.getuser()}"


def stop(*sentences: str) -> NoReturn:
    """Say why on the standard error, and end the command with a failure."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def application(make: Callable[[Config], Flask] = create_app) -> Generator[Flask]:
    """Open an application for a command, and turn every refusal into words and a non-zero exit."""
    try:
        config = from_environment()
        _make_secret(config)
        app = _made(make, config)
        with app.app_context():
            yield app
    except FileRefused as refused:
        stop("Nothing was kept. Mend these lines and try again:", *_problems(refused))
    except NeedsConfirmation as question:
        stop("Nothing was kept yet:", *question.questions, "If this is meant, give the command again with --confirm.")
    except PortalError as error:
        stop(f"portal: {error}")
    except BrokenPipeError:
        raise  # whoever reads has enough: click ends the command quietly
    except OSError as error:
        stop(f"portal: {error.strerror}: {error.filename}; check PORTAL_DATA")
    except SQLAlchemyError as error:
        if "database is locked" in str(error.__cause__):
            stop("portal: another command is writing; nothing was kept, try again in a minute")
        # Its class only: the message may hold a password or what is personal.
        stop(f"portal: the database does not answer or has no tables ({type(error).__name__}); try `portal init`")


def _problems(refused: FileRefused) -> list[str]:
    told = [f"  line {p.line}: {p.sentence}" if p.line else f"  {p.sentence}" for p in refused.problems]
    return told + ([f"  … and {refused.more} more"] if refused.more else [])


def content(file: Path) -> bytes:
    """Return what a file holds, or stop where it is too large to be meant."""
    if file.stat().st_size > LARGEST_FILE:
        stop(f"portal: {file} is larger than {LARGEST_FILE // 1_000_000} MB; split it")
    return file.read_bytes()


def _make_secret(config: Config) -> None:
    """Make the key of the references once, readable by its owner alone; in production the operator gives it."""
    if config.is_production or config.secret_file.exists():
        return
    try:
        config.secret_file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: written beside, then named, so that two first starts agree on one.
        with tempfile.NamedTemporaryFile("w", dir=config.secret_file.parent) as making:
            making.write(f"{secrets.token_hex(32)}\n")
            making.flush()
            os.link(making.name, config.secret_file)
    except FileExistsError:
        return
    except OSError as error:
        raise SettingError("PORTAL_SECRET_FILE", f"cannot be made: {error.strerror}: {error.filename}") from None


class LineType(click.ParamType):
    """A text of one line, as `plain_text` takes it."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, or refuse it in words."""
        return _sentence(value)


def well_formed_key(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return a key that was given, or refuse one that no address can hold."""
    if not is_key(value):
        raise click.BadParameter(KEY_SHAPE)
    return value


def plain_text(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return a text that was given, trimmed, or refuse what no page and no feed can hold."""
    return _sentence(value)


def _sentence(value: str) -> str:
    # Bytes that are no UTF-8 come from the shell as lone surrogates (PEP 383).
    if CONTROL.search(value) or any("\ud800" <= symbol <= "\udfff" for symbol in value):
        raise click.BadParameter("there is a control character; delete it and type the text again")
    if len(value) > LONGEST_SENTENCE:
        raise click.BadParameter(f"the text is longer than {LONGEST_SENTENCE} characters")
    return re.sub(r"[ \t\r\n]+", " ", value).strip()


def say_why(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return the reason that was given, or refuse blanks."""
    text = plain_text(ctx, param, value)
    if not text:
        raise click.BadParameter("say why in a few words")
    return text


WhyFrench = click.option("--why-fr", default="", callback=plain_text, help="Why, for the public, in French.")
WhyEnglish = click.option("--why-en", default="", callback=plain_text, help="The same in English: both or neither.")


def both_or_neither(french: str, english: str) -> Bilingual:
    """Return why, for the public, in both languages, or refuse one without the other."""
    why = Bilingual(typography(french, "fr"), typography(english, "en"))
    if bool(why.fr) != bool(why.en):
        raise click.UsageError("give --why-fr and --why-en, or neither: the public reads both languages")
    return why
