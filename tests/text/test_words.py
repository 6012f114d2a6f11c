"""The words of a text: as an address writes them, and as a search compares them."""

import re

import pytest
from hypothesis import example, given, strategies as st

from portal.core.languages import Language
from portal.text.words import LONGEST_SLUG, LONGEST_WORD, slug, stems, words

#: A no-break space, so that the tables below can be read.
S = "\u00a0"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Identifiants par courriel", "identifiants-par-courriel"),
        ("L’été : à l'Établissement, ça « va »?", "l-ete-a-l-etablissement-ca-va"),
        ("Main-d’œuvre et CŒUR", "main-d-oeuvre-et-coeur"),
        ("Ex æquo", "ex-aequo"),
        ("Fermetures 2026–2027", "fermetures-2026-2027"),
        ("Formulaire nº 4346", "formulaire-no-4346"),
        ("a\u00a0b\u202fc", "a-b-c"),
        ("e\u0301te\u0301", "ete"),
        ("--a--", "a"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "-"),
        ("« ! »", "-"),
        ("日本", "-"),
        ("a" * 100, "a" * 80),
        ("a" * 79 + " b", "a" * 79),  # cut at a hyphen: no hyphen at the end
    ],
)
def test_a_title_makes_a_readable_address(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(st.text(max_size=200))
@example("İıŁøß")
def test_any_title_makes_an_address_that_needs_no_escape(title: str) -> None:
    found = slug(title)

    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(found) <= LONGEST_SLUG
    assert found == "-" or not (found.startswith("-") or found.endswith("-") or "--" in found)
    assert slug(found) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’accès à l'Œuvre", ["l", "acces", "a", "l", "oeuvre"]),
        ("ÉTÉ e\u0301te\u0301", ["ete", "ete"]),
        ("Un e-mail, des E-mails", ["un", "email", "des", "emails"]),
        ("B2B : formulaire nº 4058", ["b2b", "formulaire", "no", "4058"]),
        ("418 780-4208", ["418", "780", "4208"]),
        ("!? 日本 …", []),
        ("", []),
    ],
)
def test_the_words_of_a_text_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


#: Each group is one word to whoever searches.
FRENCH = """
fermé fermée fermés fermées ferme FERMÉ
avis Avis
accès acces
demande demandes
délai délais delais
date dates
journal journaux
travail travaux
hôpital hôpitaux hopital
cheval chevaux
médical médicale médicaux médicales
général générale généraux générales
initial initiale initiaux
jeu jeux
lieu lieux
niveau niveaux
réseau réseaux reseau
bureau bureaux
nouveau nouveaux nouvelle nouvelles nouvel
cœur coeur
œuvre oeuvres
loi lois
prix Prix
choix choix
mois MOIS
utilisateur utilisateurs utilisatrice utilisatrices
dispensateur dispensatrice dispensateurs
développeur développeuse développeurs développeuses
professionnel professionnelle professionnels professionnelles
pharmacien pharmacienne pharmaciens
premier première premiers premières premiere
entier entière entières
infirmier infirmière infirmières
actif active actifs actives
bref brève
neuf neuve
public publique publics publiques
long longue longues
complet complète complètes
secret secrète
autorisé autorisée autorisés autorisées
transmis transmise transmises
reçu reçue reçus reçues recu
inscrit inscrite inscrits inscrites
rempli remplie remplies
suspendu suspendue suspendues
envoyé envoyée envoyés
créé créée créés créées
employé employée employés
heureux heureuse heureuses
nombreux nombreuse nombreuses
électronique électroniques electronique
anticipé anticipée anticipées
formulaire formulaires
courriel courriels
clientèle clienteles
clé clés
année années
données donnée
""".strip().splitlines()
ENGLISH = """
form forms FORM
date dates
policy policies
registry registries
address addresses
closure closures
closed closing close
request requests requested
process processed processing
authorise authorised authorising authorize authorized authorizing
authorisation authorization
organisation organizations
e-mail e-mails email emails
Québec Quebec
box boxes
""".strip().splitlines()


@pytest.mark.parametrize(("language", "group"), [*(("fr", one) for one in FRENCH), *(("en", one) for one in ENGLISH)])
def test_accents_plurals_and_genders_of_a_word_are_forgiven(language: Language, group: str) -> None:
    found = {word: stems(word, language) for word in group.split()}
    assert len({tuple(stem) for stem in found.values()}) == 1, found


@pytest.mark.parametrize(
    ("one", "another"),
    [("passe", "pas"), ("date", "donnée"), ("forme", "format"), ("personne", "professionnel"), ("4058", "4059")],
)
def test_words_that_only_look_alike_stay_apart(one: str, another: str) -> None:
    assert stems(one, "fr") != stems(another, "fr")


@pytest.mark.parametrize("language", ["fr", "en"])
@given(text=st.text(max_size=100))
@example(text="a" * 500)
@example(text="s sss issise ee eaux ails")
def test_any_text_has_stems_that_need_no_escape(language: Language, text: str) -> None:
    found = stems(text, language)

    assert len(found) == len(words(text))
    assert all(re.fullmatch(r"[a-z0-9]+", stem) and len(stem) <= LONGEST_WORD for stem in found)
