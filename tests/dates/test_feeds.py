"""An item of the table's feeds: the title carries the fact, the guid never changes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.core.languages import NO_TEXT, Bilingual, Language
from portal.dates.feeds import item
from portal.editions.rules import Edition, Entry, Step
from portal.feeds.rules import TAG
from portal.rows.rules import Meaning

S = "\u00a0"
D = date(2021, 7, 19)
OLD = date(2021, 7, 1)
AS_OF_DAY = date(2021, 7, 22)
ADDRESS = "https://portail.example/en/dates/access-new"


WHY = Bilingual("Une erreur de saisie.", "A typing error.")
CORRECTED = "This corrects an edition that was published by mistake."
AS_OF = f"As of July{S}22, 2021."
WITHDRAWN = "This edition was published by mistake, then withdrawn."
WENT_BACK = "The date moved back. Your own received date has not changed."


def an_edition(**changes: object) -> Edition:
    edition = Edition(12, date(2021, 7, 22), datetime(2021, 7, 22, 12, 30, tzinfo=UTC), NO_TEXT, None, None)
    return replace(edition, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_change(**changes: object) -> Entry:
    change = Entry(
        edition=an_edition(),
        row_key="access-new",
        as_of=AS_OF_DAY,
        label=Bilingual("Nouvel accès", "New access"),
        step=Step("received_on", OLD, "received_on", D),
    )
    return replace(change, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def untranslated(sentence: str, **values: str) -> str:
    """The gettext of the language in which messages are written."""
    return sentence % values if values else sentence


#: Enough of a catalogue to see that every sentence passes through it whole.
FRENCH = {
    "As of %(day)s.": "En date du %(day)s.",
    "Processing dates": "Dates de traitement",
    "See this row of the table": "Voir cette ligne du tableau",
    "%(label)s: requests received %(day)s (before: %(old)s)": (
        f"%(label)s{S}: demandes reçues le %(day)s (avant{S}: %(old)s)"
    ),
}


def french(sentence: str, **values: str) -> str:
    return untranslated(FRENCH[sentence], **values)


@pytest.mark.parametrize(
    ("meaning", "received_on", "old", "title"),
    [
        ("received_on", D, None, f"New access: requests received July{S}19, 2021"),
        ("received_on", D, OLD, f"New access: requests received July{S}19, 2021 (before: July{S}1, 2021)"),
        ("received_up_to", D, None, f"New access: requests received up to July{S}19, 2021"),
        (
            "received_up_to",
            D,
            OLD,
            f"New access: requests received up to July{S}19, 2021 (before: July{S}1, 2021)",
        ),
        ("suspended", None, OLD, "New access: suspended"),
        ("suspended", None, None, "New access: suspended"),
        ("up_to_date", None, OLD, "New access: up to date"),
    ],
)
def test_the_title_carries_the_fact(meaning: Meaning, received_on: date | None, old: date | None, title: str) -> None:
    change = a_change(step=Step("received_on" if old else None, old, meaning, received_on))

    assert item(change, ADDRESS, "en", untranslated).title == title


def test_the_text_repeats_the_fact_says_as_of_when_and_links_to_the_row() -> None:
    found = item(a_change(), ADDRESS, "en", untranslated)

    assert found.html == (
        f"<p>New access: requests received July{S}19, 2021 (before: July{S}1, 2021)</p>"
        f'<p>As of July{S}22, 2021. <a href="{ADDRESS}">See this row of the table</a></p>'
    )
    assert found.link == ADDRESS
    assert found.published == datetime(2021, 7, 22, 12, 30, tzinfo=UTC)


def test_a_french_item_has_french_sentences_and_french_dates() -> None:
    found = item(a_change(), "https://portail.example/fr/dates/access-new", "fr", french)

    assert found.title == f"Nouvel accès{S}: demandes reçues le 19{S}juillet 2021 (avant{S}: 1er{S}juillet 2021)"
    assert f"En date du 22{S}juillet 2021. <a " in found.html
    assert ">Voir cette ligne du tableau</a>" in found.html
    kinds = [(one.kind, one.key, one.label) for one in found.categories]
    assert kinds == [("subjects", "dates", "Dates de traitement"), ("rows", "access-new", "Nouvel accès")]


def test_a_label_or_an_address_cannot_write_html() -> None:
    change = a_change(label=Bilingual("x", "A & <b>B</b>"))

    found = item(change, 'https://portail.example/?a="><script>', "en", untranslated)

    assert found.title.startswith("A & <b>B</b>: ")
    assert "<p>A &amp; &lt;b&gt;B&lt;/b&gt;: " in found.html
    assert "<script>" not in found.html
    assert "<b>" not in found.html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_guid_names_the_row_the_edition_and_the_language(language: Language) -> None:
    found = item(a_change(step=Step("received_on", OLD, "suspended", None)), ADDRESS, language, untranslated)

    assert found.guid == f"{TAG}/dates/access-new/12/{language}"


def test_the_guid_stays_when_the_label_the_address_and_the_date_change() -> None:
    renamed = a_change(
        label=Bilingual("Autre", "Other"),
        step=Step(None, None, "received_on", OLD),
        edition=an_edition(as_of=D, why=WHY, undone_by=13),
    )

    one = item(a_change(), ADDRESS, "en", untranslated)
    two = item(renamed, "https://elsewhere.example/", "en", untranslated)

    assert one.title != two.title
    assert one.guid == two.guid


def test_two_editions_of_one_row_are_two_items() -> None:
    one, two = (item(a_change(edition=an_edition(number=number)), ADDRESS, "en", untranslated) for number in (12, 13))

    assert one.guid != two.guid


BACK = Step("received_on", D, "received_on", OLD)
FORWARD = Step("received_on", OLD, "received_on", D)


@pytest.mark.parametrize(
    ("step", "edition", "sentences"),
    [
        (FORWARD, an_edition(), [AS_OF]),
        # The reason of an edition is that of the row which went back; the others moved as usual.
        (FORWARD, an_edition(why=WHY), [AS_OF]),
        (BACK, an_edition(), [AS_OF, WENT_BACK]),
        (BACK, an_edition(why=WHY), [AS_OF, WENT_BACK, WHY.en]),
        # What corrects a mistake is no move back of the office.
        (BACK, an_edition(undoes=11), [AS_OF, CORRECTED]),
        (BACK, an_edition(undoes=11, why=WHY), [AS_OF, CORRECTED, WHY.en]),
        (FORWARD, an_edition(undoes=11, why=WHY), [AS_OF, CORRECTED, WHY.en]),
        # The mistake itself stays where a reader may have seen it, and says what it was.
        (FORWARD, an_edition(undone_by=13), [AS_OF, WITHDRAWN]),
    ],
)
def test_an_item_says_why_only_where_that_explains_something(
    step: Step, edition: Edition, sentences: list[str]
) -> None:
    found = item(a_change(step=step, edition=edition), ADDRESS, "en", untranslated)

    words = found.html.split("</p><p>")[1].partition(" <a ")[0]
    assert words == " ".join(sentences)


def test_the_reason_of_an_edition_is_told_in_the_language_of_the_feed_and_cannot_write_html() -> None:
    why = Bilingual("A < B & <b>C</b>", "x")
    sentences = {**FRENCH, CORRECTED: "Correction.", WENT_BACK: "Recul."}

    found = item(a_change(step=BACK, edition=an_edition(why=why)), ADDRESS, "fr", lambda s, **v: sentences[s] % v)

    assert "Recul. A &lt; B &amp; &lt;b&gt;C&lt;/b&gt; <a " in found.html
