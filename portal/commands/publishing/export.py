"""The whole public site, written as files for a CDN or an emergency host."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal.commands.opening import application
from portal.config import Config, from_environment
from portal.core.calendar import QUEBEC
from portal.export.hosts import DOCUMENTS
from portal.export.keeping import SITE, Folder, opened
from portal.export.pages import bilingual
from portal.export.rules import right_until
from portal.export.walk import Site, Walk
from portal.wsgi import door


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def export_site(folder: Path) -> None:
    """Write the whole public site into DIR as files, with their compressed twins.

    DIR is a new folder, an empty one, or that of a former export, of which only what changed is written. Where an
    address does not answer as it should, nothing is written.
    """
    with application() as app, opened(folder.absolute()) as under_way:
        config = from_environment()
        site, size = _put_site(config, under_way)
        for name, content in bilingual(app).items():
            under_way.put(f"{SITE}/{name}", content)
        for name, write in DOCUMENTS.items():
            under_way.put(name, write(site.kept, site.moved, config.public_url), has_twins=False)
        changed = under_way.finish(answer.address for answer in [*site.kept, *site.moved])
    _say(folder, site, size, changed)


def _put_site(config: Config, under_way: Folder) -> tuple[Site, int]:
    """Put every file of the site, and return what was found with its size in bytes."""
    sizes: dict[str, int] = {}

    def keep(place: str, body: bytes) -> None:
        sizes[place] = len(body)
        under_way.put(f"{SITE}/{place}", body)

    site = Walk(door(config), config.public_url, keep).all(under_way.former_addresses)
    return site, sum(sizes.values())


def _say(folder: Path, site: Site, size: int, changed: int) -> None:
    pages = sum(answer.media_type == "text/html" for answer in site.pages)
    others = len(site.pages) - pages
    click.echo(f"{pages} pages and {others} other documents, {size / 1_000_000:.1f} MB, are in {folder / SITE}.")
    click.echo(f"{changed} files changed, with their compressed twins." if changed else "Nothing changed.")
    until = right_until(site.pages)
    if until is not None:
        at = datetime.fromtimestamp(until, UTC).astimezone(QUEBEC)
        click.echo(f"All of it is right until {at:%Y-%m-%d at %H:%M} in Québec; export again then, or after a change.")
