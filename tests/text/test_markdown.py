"""Markdown typed by a person: how it becomes HTML that is safe to show, and plain words."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from portal.text.markdown import LONGEST_EXCERPT, excerpt, html, images, plain, with_tables_in_boxes

#: A no-break space, so that the tables below can be read.
S = "\u00a0"


class Seen(HTMLParser):
    """Every element of a fragment with its attributes, as a browser would read it, and every end tag."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.others: list[str] = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def names(self) -> list[str]:
        return [name for name, _ in self.elements]

    def links(self) -> list[str]:
        return [attributes["href"] or "" for name, attributes in self.elements if name == "a" and "href" in attributes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ""),
        ("Un *mot* et **deux**.", "<p>Un <em>mot</em> et <strong>deux</strong>.</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```json\n{}\n```", "<pre><code>{}\n</code></pre>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("a\n\n---", "<p>a</p>\n<hr>"),
        ("a & b", "<p>a &amp; b</p>"),
    ],
)
def test_a_body_is_commonmark(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# a", "<h2>a</h2>"),
        ("## a", "<h2>a</h2>"),
        ("### a", "<h3>a</h3>"),
        ("###### a", "<h6>a</h6>"),
        ("a\n===", "<h2>a</h2>"),
        ("a\n---", "<h2>a</h2>"),
        ("> # a", "<blockquote>\n<h2>a</h2>\n</blockquote>"),
    ],
)
def test_headings_begin_at_the_second_level(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize("marks", ["--- | ---", ":--- | ---:", ":-: | :-:"])
def test_the_headers_of_a_table_say_what_they_head(marks: str) -> None:
    found = html(f"| Avant | Maintenant |\n| {marks} |\n| a | b |")

    assert found.replace("\n", "") == (
        '<table><thead><tr><th scope="col">Avant</th><th scope="col">Maintenant</th></tr></thead>'
        "<tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    )


def test_each_table_of_a_page_stands_in_a_box_with_a_name() -> None:
    table = "| Avant |\n| --- |\n| `<table>` |"
    found = with_tables_in_boxes(html(f"{table}\n\nPuis\n\n> | Avant |\n> | --- |"), "Tableau")

    assert re.findall(r"<div[^>]*><table>", found) == [
        f'<div class="p-scroll" role="region" aria-label="Tableau {number}" tabindex="0"><table>' for number in (1, 2)
    ]
    assert found.count("</table></div>") == found.count("</div>") == 2
    assert "<code>&lt;table&gt;</code>" in found


def test_a_text_without_a_table_is_as_it_was() -> None:
    assert with_tables_in_boxes("<p>&lt;table&gt;</p>", "Tableau") == "<p>&lt;table&gt;</p>"


@pytest.mark.parametrize(
    ("body", "href"),
    [
        ("[a](/fr/dates/)", "/fr/dates/"),
        ("[a](fr)", "fr"),
        ("[a](mailto:jacques.untel@xx.com)", "mailto:jacques.untel@xx.com"),
        ("[a](tel:+14187804208)", "tel:+14187804208"),
        ("[a](#suite)", "#suite"),
        ('[a](/fr/ "Une bulle, que personne au clavier ne lit")', "/fr/"),
        ("[a][b]\n\n[b]: /fr/contact/", "/fr/contact/"),
    ],
)
def test_a_link_is_kept(body: str, href: str) -> None:
    seen = Seen(html(body))

    assert seen.elements == [("p", {}), ("a", {"href": href})]


@pytest.mark.parametrize(
    ("body", "href"),
    [
        ("[a](https://www.ramq.gouv.qc.ca/courriel)", "https://www.ramq.gouv.qc.ca/courriel"),
        ("[a](http://exemple.ca/?b=1&c=2)", "http://exemple.ca/?b=1&c=2"),
        ("<https://exemple.ca/>", "https://exemple.ca/"),
        ("[a][b]\n\n[b]: HTTPS://exemple.ca", "HTTPS://exemple.ca"),
        ("[a](//exemple.ca/b)", "//exemple.ca/b"),
        ("[a](https:exemple.ca)", "https:exemple.ca"),  # where the portal has https, a browser reads the host
    ],
)
def test_a_link_to_another_site_is_marked(body: str, href: str) -> None:
    seen = Seen(html(body))

    assert seen.elements == [("p", {}), ("a", {"href": href, "rel": "external noopener"})]


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("418 780-4208", "+14187804208", f"418{S}780-4208"),
        (f"418{S}780-4208", "+14187804208", f"418{S}780-4208"),
        ("418-780-4208", "+14187804208", f"418{S}780-4208"),
        ("418.780.4208", "+14187804208", f"418{S}780-4208"),
        ("418 780\u20114208", "+14187804208", f"418{S}780-4208"),
        ("(418) 780-4208", "+14187804208", f"418{S}780-4208"),
        ("1 888 330-3023", "+18883303023", f"1{S}888{S}330-3023"),
        ("1-888-330-3023", "+18883303023", f"1{S}888{S}330-3023"),
        ("888 330-3023", "+18883303023", f"1{S}888{S}330-3023"),
        ("+1 514 687-3612", "+15146873612", f"514{S}687-3612"),
    ],
)
def test_a_telephone_can_be_called(typed: str, number: str, shown: str) -> None:
    seen = Seen(html(typed))

    assert seen.elements == [("p", {}), ("a", {"href": f"tel:{number}"})]
    assert unescape(html(f"Appelez au {typed}.")).endswith(f">{shown}</a>.</p>")


def test_telephones_stand_anywhere_in_a_text() -> None:
    found = html("- Québec : 418 780-4208 (ou 514 687-3612)\n- **1 888 330-3023**, sans frais")

    assert Seen(found).links() == ["tel:+14187804208", "tel:+15146873612", "tel:+18883303023"]
    assert "(ou <a" in found
    assert "</a>)" in found


@pytest.mark.parametrize(
    "body",
    [
        "`418 780-4208`",
        "```\n418 780-4208\n```",
        "4058 4123 4134",
        "formulaires 4058, 4123",
        "418 780-42081",
        "5418 780-4208",
        "12 418 780-4208",
        "418-780-4208-55",
        "2021-418-780-4208",
        "118 780-4208",
        "418 080-4208",
        "418 780 4208a",
        "418 7804208",
    ],
)
def test_what_is_no_telephone_is_left_alone(body: str) -> None:
    assert Seen(html(body)).links() == []


def test_a_telephone_in_a_link_stays_in_that_link() -> None:
    seen = Seen(html("[Appelez au **418 780-4208**](/fr/contact/) ou 514 687-3612"))

    assert seen.links() == ["/fr/contact/", "tel:+15146873612"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("", []),
        ("![a](/b.png)", [1]),
        ("a\n\nb\nc ![a](/b.png)", [4]),
        ("![a](/b.png) ![c](/d.png)\n![e](/f.png)", [1, 1, 2]),
        ("![a](\n/b.png) ![c](/d.png)", [1, 2]),
        ("- a\n  - b\n    ![a](/b.png)", [3]),
        ("> a\n> ![a](/b.png)", [2]),
        ("| a | b |\n| - | - |\n| c | ![a](/b.png) |", [3]),
        ("# ![a](/b.png)", [1]),
        ("a\n![a](/b.png)\n===", [2]),
        ("[![a](/b.png)](/c)", [1]),
        ("![![a](/b.png)](/c.png)", [1]),
        ("a\n\n![a][b]\n\n[b]: /b.png", [3]),
        ("![b]\n\n[b]: /b.png", [1]),
        ("![b][]\n\n[b]: data:image/png;base64,iVBORw0KGgo=", [1]),
        ("a\r\n![a](/b.png)", [2]),
        ("`![a](/b.png)`", []),
        ("```\n![a](/b.png)\n```", []),
        ("\\![a](/b.png)", []),
        ("![a]", []),
        ("![a](javascript:alert)", []),
        ("<img src=/b.png>", []),
    ],
)
def test_each_image_of_a_body_is_found_with_its_line(body: str, lines: list[int]) -> None:
    assert images(body) == lines


@pytest.mark.parametrize("piece", ["[", "![", "]", "&", "![a](", "a\n"])
def test_an_image_is_found_past_any_row_of_signs(piece: str) -> None:
    body = piece * 5_000
    assert images(f"![a](/b.png)\n\n{body}\n\n![a](/b.png)") == [1, 5 + body.count("\n")]


@pytest.mark.parametrize(
    "body",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](\x01javascript:alert(1))",
        "[a](vbscript:x)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](data:image/png;base64,iVBORw0KGgo=)",
        "[a](data:image/svg+xml;base64,PHN2Zz4=)",
        "[a](file:///etc/passwd)",
        "[a](ftp://exemple.ca/)",
        "[a](blob:https://exemple.ca/1)",
        "<javascript:alert(1)>",
        "<data:image/png;base64,iVBORw0KGgo=>",
        "[a][b]\n\n[b]: javascript:alert(1)",
    ],
)
def test_a_link_that_could_run_or_carry_something_leads_nowhere(body: str) -> None:
    assert Seen(html(body)).links() == []


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>a</b>",
        "a <img src=x onerror=alert(1)> b",
        "<!-- a -->",
        "<!DOCTYPE html>",
        "<?php a ?>",
        "<![CDATA[a]]>",
        "<div>\n\n# a\n\n</div>",
        "<style>a{}</style>",
        "<iframe src='/fr/'></iframe>",
        "```\n<script>alert(1)</script>\n```",
        "`<b>`",
        '[a](/b "<script>")',
    ],
)
def test_html_typed_in_a_body_is_shown_and_never_obeyed(body: str) -> None:
    seen = Seen(html(body))

    assert set(seen.names()) <= {"p", "h2", "pre", "code", "a"}
    assert seen.others == []


@pytest.mark.parametrize(
    "body", ["![a](/b.png)", "![a](https://exemple.ca/b.png)", "![a](data:image/png;base64,iVBORw0KGgo=)", "![a][b]"]
)
def test_a_body_has_no_images(body: str) -> None:
    assert "img" not in Seen(html(f"{body}\n\n[b]: /b.png")).names()


SHOWN = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "h5", "h6", "blockquote", "code", "pre"}
SHOWN |= {"hr", "table", "thead", "tbody", "tr", "th", "td"}
pieces = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "- ",
            "> ",
            "```",
            "`",
            "*",
            "**",
            "\n",
            "\n\n",
            "| a | b |\n| --- | --- |\n",
            "    ",
            "![",
            "[",
        ),
        *("](", ")", "<", ">", "<script>", "</script>", "<a href='", "onclick=", "javascript:", "data:", "https://"),
        *("&lt;", "&#x3c;", "<!--", "-->", '"', "'", "\\", "mot", " ", "é"),
    ]
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=30).map("".join))
def test_whatever_is_typed_only_safe_elements_come_out(body: str) -> None:
    seen = Seen(html(body))

    assert set(seen.names()) <= SHOWN
    assert seen.others == []
    assert {name for _, attributes in seen.elements for name in attributes} <= {"href", "rel", "scope", "start"}
    assert not [link for link in seen.links() if link.strip().lower().startswith(("javascript:", "data:"))]
    assert all(attributes == {"scope": "col"} for name, attributes in seen.elements if name == "th")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Nous sommes fermés.</p>", "Nous sommes fermés."),
        ("<h2>Qui</h2><p>Vous &amp; <strong>nous</strong></p>", "Qui Vous & nous"),
        ("<ul><li>a</li>\n<li>b &lt;i&gt;</li></ul>", "a b <i>"),
        ("", ""),
        ("<hr>", ""),
        (f"<p>https://{'a' * 200}</p>", ""),
    ],
)
def test_an_excerpt_is_plain_text(text: str, expected: str) -> None:
    assert excerpt(text) == expected


def test_an_excerpt_is_cut_between_words() -> None:
    found = excerpt("<p>" + "un mot " * 100 + "</p>")
    assert len(found) <= LONGEST_EXCERPT
    assert found.endswith(("un\u00a0…", "mot\u00a0…"))


def test_html_as_plain_text_keeps_its_no_break_spaces() -> None:
    assert plain("<h2>Quand</h2><p>à\u00a08\u00a0h\n\t &amp; à midi</p>") == "Quand à\u00a08\u00a0h & à midi"
