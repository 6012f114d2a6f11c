"""The page of the feeds: a newcomer reads what each says, takes its address, and puts several audiences in one."""

from html import unescape
from xml.etree import ElementTree

import pytest

from portal.feeds.rules import FORMATS
from portal.notices.rules import AUDIENCES
from tests.makers import PUBLIC_URL, Office
from tests.visitor import said, visit

PAGES = {"fr": "/fr/fils/", "en": "/en/feeds/"}
each_page = pytest.mark.parametrize("path", PAGES.values())


@each_page
def test_the_name_of_each_feed_leads_to_the_page_that_shows_the_same(demo: Office, path: str) -> None:
    choices = visit(demo, path).all(".p-feed--choice")
    assert len(choices) > len(AUDIENCES) + 10
    for choice in choices:
        (name,) = choice.query(".p-feed__name")
        page = visit(demo, name.attrs["href"])
        formats = [link.attrs["href"] for link in choice.query(".p-feed__formats a")]
        assert [address.rpartition(".")[2] for address in formats] == list(FORMATS)
        assert formats == [link.attrs["href"] for link in page.all("link[rel='alternate'][title]")[:3]]
        (button,) = choice.query("button")
        assert button.attrs["data-copies"] == PUBLIC_URL + formats[0]
        assert said(button).endswith(f"– {said(name)}")


@pytest.mark.parametrize(
    ("path", "twin", "sentence"),
    [
        ("/fr/fils/", "/en/feeds/", "Les mêmes fils existent en anglais : RSS feeds in English"),
        ("/en/feeds/", "/fr/fils/", "The same feeds exist in French: Fils RSS en français"),
    ],
)
def test_a_reader_is_told_of_the_same_feeds_in_the_other_language(
    demo: Office, path: str, twin: str, sentence: str
) -> None:
    found = visit(demo, path)
    assert sentence in found.spoken
    link = found.one(f"main a[href='{twin}']")
    assert link.attrs["lang"] == link.attrs["hreflang"] == f"{twin[1:3]}-CA"


@each_page
def test_every_feed_in_one_file_is_offered_in_each_language(demo: Office, path: str) -> None:
    files = visit(demo, path).all("main a[type='text/x-opml']")
    assert [(file.attrs["href"], file.attrs["hreflang"]) for file in files] == [
        ("/fr/fils.opml", "fr-CA"),
        ("/en/feeds.opml", "en-CA"),
    ]


@pytest.mark.parametrize(("path", "notices"), [("/fr/fils/", "/fr/avis/"), ("/en/feeds/", "/en/notices/")])
def test_several_audiences_are_chosen_by_checking_boxes(demo: Office, path: str, notices: str) -> None:
    (form,) = visit(demo, path).all("#several form")
    assert (form.attrs["action"], form.attrs["method"]) == (notices, "get")
    assert [said(legend) for legend in form.query("fieldset > legend")] == [
        "Quelles clientèles suivez-vous?" if path == "/fr/fils/" else "Which audiences do you follow?"
    ]
    boxes = form.query("fieldset input")
    assert {(box.attrs["type"], box.attrs["name"]) for box in boxes} == {("checkbox", "clientele")}
    assert [box.attrs["value"] for box in boxes] == list(AUDIENCES)
    assert len(form.query("input, select")) == len(AUDIENCES), "nothing else is sent"


@each_page
def test_developers_are_told_how_to_write_the_address_of_several_audiences(demo: Office, path: str) -> None:
    (hint,) = [one for one in visit(demo, path).all("details") if "clientele=" in said(one)]
    (button,) = hint.query("button")
    address = button.attrs["data-copies"]
    assert demo.get(address.removeprefix(PUBLIC_URL)).status_code == 200
    codes = hint.query("code")
    assert said(codes[0]) == address
    assert "/<wbr>" in unescape(codes[0].to_html()), "a long address breaks after a slash"
    assert [said(code) for code in codes[1:]] == list(AUDIENCES)


@each_page
def test_the_rows_of_a_group_are_folded_under_its_feed(demo: Office, path: str) -> None:
    found = visit(demo, path)
    folded = {link.attrs["href"] for link in found.all("details .p-feed__name")}
    every = {link.attrs["href"] for link in found.all(".p-feed__name")}
    groups = {place for place in every if "group" in place}
    assert len(groups) == len([one for one in found.all("details") if one.query(".p-feed__name")]) > 1
    assert not folded & groups
    assert folded == {
        place for place in every - groups if place.startswith(f"{path[:4]}dates/") and place.count("/") > 3
    }


@pytest.mark.parametrize(
    ("path", "sentences"),
    [
        ("/fr/fils/", ["sans que vous ayez à revenir sur le site.", "Tous les lecteurs acceptent le format RSS."]),
        ("/en/feeds/", ["so you don’t have to come back to check.", "Every reader accepts RSS."]),
    ],
)
def test_a_newcomer_is_told_what_a_feed_is_for(demo: Office, path: str, sentences: list[str]) -> None:
    words = visit(demo, path).spoken
    assert [sentence for sentence in sentences if sentence not in words] == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/fr/avis/", "/fr/fils/#several"),
        ("/en/notices/audience/developers/", "/en/feeds/#several"),
        ("/fr/avis/?clientele=professionals,developers", "/fr/fils/#several"),
    ],
)
def test_a_list_of_notices_leads_to_the_choice_of_several_audiences(demo: Office, path: str, form: str) -> None:
    assert said(visit(demo, path).one(f".p-audiences a[href='{form}']")) == (
        "Plusieurs clientèles" if path.startswith("/fr/") else "Several audiences"
    )


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/fr/fils.opml", "[Démonstration] Fils du portail d’information"),
        ("/en/feeds.opml", "[Demonstration] Feeds of the information portal"),
    ],
)
def test_a_reader_that_takes_every_feed_at_once_names_each_as_it_names_itself(
    demo: Office, path: str, title: str
) -> None:
    document = ElementTree.fromstring(demo.get(path).data)
    assert document.findtext("head/title") == title
    feeds = [outline.attrib for outline in document.iter("outline") if "xmlUrl" in outline.attrib]
    assert len(feeds) > len(AUDIENCES) + 10
    for feed in feeds:
        channel = ElementTree.fromstring(demo.get(feed["xmlUrl"].removeprefix(PUBLIC_URL)).data)[0]
        assert feed["text"] == feed["title"] == channel.findtext("title")
        assert feed["htmlUrl"] == channel.findtext("link")
