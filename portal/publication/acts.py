"""Who acts, and how: what is common to every act of publication."""

from dataclasses import dataclass

from portal.approvals.rules import Prepared


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, from which revision of the subject they began (None asks for no lock), and whether it is a trial.

    `drafts_of` are the numbers of the accounts whose drafts are published by it, and are drafts no more; `prepared` is
    what a first person prepared, where they do what a second one approves.
    """

    actor: str
    expected: int | None = None
    is_trial: bool = False
    drafts_of: tuple[int, ...] = ()
    prepared: Prepared | None = None
