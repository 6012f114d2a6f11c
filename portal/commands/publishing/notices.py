"""The notices: preview one, publish it, correct or change it, withdraw it; the promises still open."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, g, url_for

from portal.commands.opening import (
    File,
    WhyEnglish,
    WhyFrench,
    actor,
    application,
    both_or_neither,
    content,
    now,
    plain_text,
    say_why,
)
from portal.core.calendar import QUEBEC, day_of
from portal.core.errors import FileRefused, Problem
from portal.core.formats import typography
from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.notices import keeping, records
from portal.notices.rules import Draft
from portal.publication import notices as publication
from portal.publication.acts import By
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.writing import files

Major = click.option("--major", is_flag=True, help="Tell the readers that the notice changed; needs --note-fr.")
NoteFrench = click.option("--note-fr", default="", callback=plain_text, help="What changed, in French.")
NoteEnglish = click.option("--note-en", default="", callback=plain_text, help="What changed, in English.")


@click.group("notices")
def notices_group() -> None:
    """The notices."""


@notices_group.command("publish")
@File
@Major
@NoteFrench
@NoteEnglish
def publish_notice(file: Path, major: bool, note_fr: str, note_en: str) -> None:
    """Publish the notice of a file, or correct it: the file's key says which notice it is.

    A correction is silent. With --major, readers of the feeds are told. Where the English text follows a major change
    later, give --note-en alone with it.
    """
    note = _note(major, note_fr, note_en)
    with application() as app:
        draft = _read(file)
        were_open = _open_promises()
        weight = publication.keep(app, draft, note, By(actor()), now)
        at = now()
        found = records.of_key(session(), draft.key)
        are_open = _open_promises()
    said = {"first": _when(draft.published_at, at), "minor": "corrected, silently"}
    said |= {"major": "changed; its readers are told", "english": "its English text follows; its readers are told"}
    click.echo(f"{draft.key}: {said[weight]}." if weight else "Nothing changed.")
    if weight == "first" and draft.published_at and day_of(draft.published_at) < day_of(at):
        click.echo("That day is over. If it was mistyped, withdraw the notice and give it another key.")
    if weight and found.english_at:
        click.echo("The English text is now older than the French one; let it follow by a correction, with --note-en.")
    for key in sorted(were_open - are_open):
        click.echo(f"The promise of {key} is kept now.")
    _say_what_opened(are_open - were_open - {draft.key})


def _open_promises() -> set[str]:
    return {found.key for found in records.open_promises(session(), now())}


def _say_what_opened(keys: Collection[str]) -> None:
    for key in sorted(keys):
        click.echo(f"The promise of {key} is open again: no notice keeps it any more.")


def _note(major: bool, french: str, english: str) -> Bilingual | None:
    if major != bool(french):
        raise click.UsageError("--major and --note-fr go together: readers are told what changed")
    note = Bilingual(typography(french, "fr"), typography(english, "en"))
    return note if note else None


def _read(file: Path) -> Draft:
    """Return the notice of a file, all that it touches being known to the table and to the rules of delivery."""
    given = content(file)
    draft = files.read_notice(given)
    faults = publication.unknown(draft)
    problems = [Problem.of_field(files.line_of(given, one.field), one.field, one.sentence) for one in faults]
    if problems:
        raise FileRefused(*problems)
    return draft


def _when(published_at: datetime | None, at: datetime) -> str:
    if published_at is None:
        return "kept as a draft"
    when = f"{published_at.astimezone(QUEBEC):%Y-%m-%d %H:%M}"
    return f"published, {when}" if published_at <= at else f"scheduled, {when}"


@notices_group.command("preview")
@File
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True, help="Of the page.")
@Major
@NoteFrench
@NoteEnglish
def preview_notice(file: Path, language: Language, major: bool, note_fr: str, note_en: str) -> None:
    """Print the page of a notice as it will be, and keep nothing."""
    note = _note(major, note_fr, note_en)
    with application() as app:
        at = now()
        draft = _read(file)
        published_at = draft.published_at or at
        # The very page: kept, asked for, and forgotten.
        with recorded_change("notices", action="notices.publish", actor=actor(), at=at) as change:
            keeping.keep(change, replace(draft, published_at=published_at), at, note)
            page = _page(app, language, draft.key, max(at, published_at))
            change.abandon()
    click.echo(page)


@notices_group.command("withdraw")
@click.argument("key")
@click.option("--reason", required=True, callback=say_why, help="Why, for the audit log.")
@WhyFrench
@WhyEnglish
def withdraw_notice(key: str, reason: str, why_fr: str, why_en: str) -> None:
    """Withdraw a notice for good: from pages, feeds, data, search and every copy."""
    why = both_or_neither(why_fr, why_en)
    with application() as app:
        were_open = _open_promises()
        publication.withdraw(app, key, reason, why, By(actor()), now)
        are_open = _open_promises()
    click.echo(f"{key}: withdrawn.")
    if key in were_open:
        click.echo("Its promise goes with it, and no notice had kept it.")
    _say_what_opened(are_open - were_open)


@notices_group.command("list")
def list_notices() -> None:
    """List every notice with its state.

    Drafts and withdrawn ones too, the last changed first.
    """
    with application():
        for found in records.standing(session()):
            at = found.published_at
            when = f"{at.astimezone(QUEBEC):%Y-%m-%d %H:%M}" if at else "no date yet"
            click.echo(f"{found.state(now()):<10} {when:<16}  {found.key}: {found.title.fr}")


@click.command()
def promises() -> None:
    """List the promises that no notice has kept yet, the newest first."""
    with application():
        found = records.open_promises(session(), now())
        for notice in found:
            click.echo(f"{day_of(notice.published_at)}  {notice.key}: {notice.promise.fr}")
        if not found:
            click.echo("No promise is open.")


def _page(app: Flask, language: Language, key: str, at: datetime) -> str:
    found = records.of_key(session(), key)
    with app.test_request_context():
        address = url_for("notices.notice", language=language, number=found.id, slug=found.slug(language))
    with app.test_request_context(address, base_url=app.config["PUBLIC_URL"]):
        app.preprocess_request()
        g.now = at
        return app.make_response(app.dispatch_request()).get_data(as_text=True)
