"""What a refusal keeps for whoever is told it."""

from datetime import date

from portal.core.errors import MOST_PROBLEMS, Problem, Problems, Withdrawn
from portal.core.languages import Bilingual


def test_what_was_withdrawn_says_when_and_why() -> None:
    withdrawn = Withdrawn(date(2026, 11, 20), Bilingual("La date a changé.", "The date has changed."))
    assert str(withdrawn) == "the notice was withdrawn on 2026-11-20"
    assert (withdrawn.on, withdrawn.why.en) == (date(2026, 11, 20), "The date has changed.")


def test_the_problems_that_nobody_would_read_are_counted() -> None:
    problems = Problems()
    for line in range(1, MOST_PROBLEMS + 3):
        problems.append(Problem(line, "wrong"))
    assert [problem.line for problem in problems] == [*range(1, MOST_PROBLEMS + 1)]
    assert problems.more == 2
