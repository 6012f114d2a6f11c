"""What a refusal says, and what it keeps for whoever mends it."""

from portal.core.errors import StaleEdit


def test_a_stale_edit_says_both_revisions() -> None:
    stale = StaleEdit("dates", expected=106, found=107)
    assert str(stale) == "dates changed meanwhile: revision 107, not 106"
    assert (stale.expected, stale.found) == (106, 107)
