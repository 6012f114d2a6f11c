"""The delivery rules: list them, say which one decides; add one, end one, put one in the place of others."""

from collections.abc import Callable, Sequence
from datetime import date

import click

from portal.commands.opening import DayType, actor, application, now, well_formed_key
from portal.core.calendar import day_of
from portal.core.errors import FormNumberMalformed
from portal.core.numbers import form_number
from portal.delivery import keeping, records
from portal.delivery.keeping import Amended, Terms
from portal.delivery.refusals import NotAForm
from portal.delivery.rules import WAYS, Rule, decide, way
from portal.forms.rules import known_forms
from portal.notices import records as notices
from portal.rows import records as rows
from portal.store.changes import Change, recorded_change
from portal.store.database import session

Key = click.argument("key", callback=well_formed_key)
Forms = click.argument("forms", nargs=-1, metavar="[FORM]...")
Others = click.option("--others", is_flag=True, help="Instead of forms: every form that no rule names.")
By = click.option("--by", "by", type=click.Choice(list(WAYS)), required=True, help="How the two credentials travel.")
Notice = click.option("--notice", required=True, metavar="KEY", help="The key of the notice that explains the rule.")
Confirm = click.option("--confirm", is_flag=True, help="Keep it although a form is new, or people were told otherwise.")
DryRun = click.option("--dry-run", is_flag=True, help="Say what would change, and keep nothing.")


@click.group("rules")
def rules_group() -> None:
    """The delivery rules: by which channel each credential travels, by form and received date."""


@rules_group.command("list")
@click.option("--form", "typed", metavar="NUMBER", help="Say instead which rule decides for this form, and why.")
@click.option("--date", "received_on", type=DayType(), help="The received date; today unless given.")
def list_rules(typed: str | None, received_on: date | None) -> None:
    """List the rules: days, forms, channel, notice. A star marks those in force for requests received today.

    Days are received dates in Québec. A rule that names no form is for all forms that no rule names.
    """
    if received_on and not typed:
        raise click.UsageError("--date goes with --form")
    with application():
        found, today = records.rules(session()), day_of(now())
        if typed:
            click.echo(_decision(found, _number(typed), received_on or today))
            return
        for rule in found:
            click.echo(f"{'*' if rule.covers(today) else ' '} {_days(rule):<23}  {_said(rule)}")


def _number(typed: str) -> str:
    try:
        return form_number(typed)
    except FormNumberMalformed:
        raise NotAForm(typed) from None


def _decision(found: Sequence[Rule], form: str, received_on: date) -> str:
    rule = decide(found, form, received_on)
    is_known = form in known_forms(rows.known_rows(session(), day_of(now())), found)
    because = "it names the form" if rule.forms else "no rule names the form then, and this one is for all others"
    begins = f"since {rule.first_day}" if rule.first_day else "since always"
    ends = f"until {rule.last_day}" if rule.last_day else "for good"
    lines = [
        f"Form {form}, received on {received_on}: by {way(rule)}.",
        f"“{rule.key}” decides: {because}; it holds {begins}, {ends}. Its notice is {rule.notice}.",
    ]
    if not is_known:
        lines.append("No row covers this form and no rule names it: whoever holds such a request is told no channel.")
    return "\n".join(lines)


def _days(rule: Rule) -> str:
    return f"{rule.first_day or '…'} – {rule.last_day or '…'}"


def _said(rule: Rule) -> str:
    forms = " ".join(sorted(rule.forms)) or "every other form"
    return f"{rule.key}: {forms}, by {way(rule)}, notice {rule.notice}"


@rules_group.command("add")
@Key
@Forms
@Others
@By
@Notice
@click.option("--from", "first_day", type=DayType(), help="The first received date; since always unless given.")
@click.option("--until", "last_day", type=DayType(), help="The last received date; for good unless given.")
@Confirm
@DryRun
def add_rule(
    key: str,
    forms: tuple[str, ...],
    others: bool,
    by: str,
    notice: str,
    first_day: date | None,
    last_day: date | None,
    confirm: bool,
    dry_run: bool,
) -> None:
    """Add a rule for forms that no rule names on its days. Where one does, let the new one `cover` it."""
    new = _rule(key, forms, others, by, notice)(first_day, last_day)
    _amend("rules.add", lambda change, terms: keeping.add(change, new, terms), new, confirm, dry_run)


@rules_group.command("end")
@Key
@click.option("--until", "last_day", type=DayType(), required=True, help="The last received date of the rule.")
@Confirm
@DryRun
def end_rule(key: str, last_day: date, confirm: bool, dry_run: bool) -> None:
    """Give a rule its last day. For requests received after it, the rule for all others decides for its forms."""
    _amend("rules.end", lambda change, terms: keeping.end(change, key, last_day, terms), None, confirm, dry_run)


@rules_group.command("cover")
@Key
@Forms
@Others
@By
@Notice
@click.option("--from", "first_day", type=DayType(), required=True, help="The first received date of the new rule.")
@Confirm
@DryRun
def cover_forms(
    key: str,
    forms: tuple[str, ...],
    others: bool,
    by: str,
    notice: str,
    first_day: date,
    confirm: bool,
    dry_run: bool,
) -> None:
    """Let a new rule decide for forms from a day on, in the place of those that name them.

    For requests received before that day, and for every other form, nothing changes.
    """
    new = _rule(key, forms, others, by, notice)(first_day, None)
    _amend("rules.cover", lambda change, terms: keeping.cover(change, new, terms), new, confirm, dry_run)


def _rule(
    key: str, forms: Sequence[str], others: bool, by: str, notice: str
) -> Callable[[date | None, date | None], Rule]:
    if bool(forms) == others:
        raise click.UsageError("name the forms of the rule, or give --others: one of the two")
    password, user_name = WAYS[by]
    return lambda first_day, last_day: Rule(
        key, first_day, last_day, frozenset(forms), password=password, user_name=user_name, notice=notice
    )


def _amend(
    action: str,
    amend: Callable[[Change, Terms], Sequence[Amended]],
    new: Rule | None,
    is_confirmed: bool,
    is_trial: bool,
) -> None:
    with application():
        with recorded_change("delivery", action=action, actor=actor(), at=now()) as change:
            at = now()
            standing = {one.key: one.state(at) for one in notices.standing(session())}
            terms = Terms(
                today=day_of(at),
                forms=known_forms(rows.known_rows(session(), day_of(at)), records.rules(session())),
                notices=[key for key, state in standing.items() if state != "withdrawn"],
                is_confirmed=is_confirmed,
            )
            amended = amend(change, terms)
            if is_trial:
                change.abandon()
        for one in amended:
            _say(one)
        if new and standing[new.notice] in ("draft", "scheduled"):
            click.echo(f"The notice {new.notice} is not out yet: until then, pages tell the rule without it.")
        click.echo("Nothing was kept: this was a trial." if is_trial else "Kept." if amended else "Nothing changed.")


def _say(amended: Amended) -> None:
    """Print a rule that changed, as the list does, with what it was before."""
    for mark, rule in (("-", amended.old), ("+", amended.new)):
        if rule:
            click.echo(f"{mark} {_days(rule):<23}  {_said(rule)}")
