"""The list of every feed as one file that a feed reader can take in (OPML 2.0). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as xml

from portal.core.languages import TAGS, Language


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed to subscribe to: its title, its address and that of its page, absolute."""

    title: str
    address: str
    page: str


def opml(title: str, language: Language, groups: Mapping[str, Sequence[Subscription]]) -> bytes:
    """Return the OPML document of feeds under the titles of their groups; RSS is what every reader takes."""
    document = xml.Element("opml", version="2.0")
    xml.SubElement(xml.SubElement(document, "head"), "title").text = title
    body = xml.SubElement(document, "body")
    for name, subscriptions in groups.items():
        group = xml.SubElement(body, "outline", text=name)
        for one in subscriptions:
            kind = {"type": "rss", "version": "RSS2", "language": TAGS[language]}
            xml.SubElement(
                group, "outline", kind, text=one.title, title=one.title, xmlUrl=one.address, htmlUrl=one.page
            )
    xml.indent(document)
    return xml.tostring(document, "utf-8", xml_declaration=True) + b"\n"
