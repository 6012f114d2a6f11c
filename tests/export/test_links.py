"""The addresses that stand in each kind of document, and which of them are the site’s own."""

import json

import pytest

from portal.export.links import links, own

URL = "https://portal.example"


def found(body: str, content_type: str, **headers: str) -> list[str]:
    return list(links(body.encode(), {"content-type": content_type, **headers}))


def test_a_page_leads_where_its_attributes_and_its_words_say() -> None:
    page = f"""<link rel="alternate" href="/fr/fil.rss"><script src="a.js"></script><img srcset="b.png 1x, c.png 2x">
      <a href="?page=2&amp;x=1">2</a><form action="/fr/verifier"></form><form action="/fr/envoi" method="post"></form>
      <input value="{URL}/fr/fil.atom"><code>&lt;iframe src="{URL}/fr/integrer/x"&gt;</code><p>Imprimé de {URL}/fr/.</p>
      <script type="application/ld+json">{{"url": "{URL}/fr/donnees"}}</script>"""
    assert found(page, "text/html; charset=utf-8") == [
        *("/fr/fil.rss", "a.js", "b.png", "c.png", "?page=2&x=1", "/fr/verifier"),
        *(f"{URL}/fr/fil.atom", f"{URL}/fr/integrer/x", f"{URL}/fr/", f"{URL}/fr/donnees"),
    ]


def test_a_feed_leads_where_its_items_lead() -> None:
    item = f'&lt;a href="{URL}/fr/avis/?a=1&amp;amp;b=2"&gt;Avis&lt;/a&gt;'
    feed = f'<rss><channel><atom:link rel="prev-archive" href="{URL}/fr/fil-3.rss"/><item>{item}</item></channel></rss>'
    assert found(feed, "application/rss+xml") == [f"{URL}/fr/fil-3.rss", f"{URL}/fr/avis/?a=1&b=2"]
    document = json.dumps({"feed_url": f"{URL}/a", "items": [{"content_html": f'<a href="{URL}/?x=1&amp;y=2">'}]})
    assert found(document, "application/feed+json") == [f"{URL}/a", f"{URL}/?x=1&y=2"]


@pytest.mark.parametrize(
    ("document", "led"),
    [
        ({"paths": {"/api/dates": {"get": {}}, "/api/x": {"post": {}}}}, ["/api/dates"]),
        ({"total": 120, "page": 2, "per_page": 50}, ["?page=3"]),
        ({"total": 100, "page": 2, "per_page": 50}, []),
        ({"editions": [{"edition": 4}]}, ["editions/4"]),
        ([f"{URL}/x"], [f"{URL}/x"]),
        ({"n": None}, []),
    ],
)
def test_a_document_of_the_interface_leads_to_its_later_pages(document: object, led: list[str]) -> None:
    assert found(json.dumps(document), "application/json") == led


def test_every_other_document_is_read_as_what_it_is() -> None:
    assert found("BEGIN\r\nURL:https://portal.exa\r\n mple/fr/\r\n", "text/calendar") == [f"{URL}/fr/"]
    assert found(f'a,b\n"{URL}/x?c=1,2",{URL}/y\n', "text/csv; header=present") == [f"{URL}/x?c=1,2", f"{URL}/y"]
    assert found('@import "a.css"; p { src: url(../b.woff2) }', "text/css") == ["a.css", "../b.woff2"]
    assert found('{"start_url": "/fr/", "icons": [{"src": "/i.png"}], "n": "x"}', "application/manifest+json") == [
        "/fr/",
        "/i.png",
    ]
    assert found(f"Sitemap: {URL}/sitemap.xml", "text/plain") == [f"{URL}/sitemap.xml"]
    assert found("PNG", "image/png", link='</next>; rel="next"') == ["/next"]
    assert found("", "text/html", location="/fr/") == ["/fr/"]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("?page=2", "/fr/avis/?page=2"),
        ("x#y", "/fr/avis/x"),
        (URL, "/"),
        (f" {URL}/en/ ", "/en/"),
        ("//portal.example/en/", "/en/"),
        ("http://portal.example/", None),
        ("https://elsewhere.example/", None),
        ("mailto:a@portal.example", None),
        ("data:image/png,x", None),
        ("/fr/?q={searchTerms}", None),
        ("/fr/?q=%7BsearchTerms%7D", None),
        ("https://[", None),
    ],
)
def test_only_what_is_ours_is_followed(link: str, address: str | None) -> None:
    assert own(link, "/fr/avis/", URL) == address
