"""What is typed of the telephone lines: one changed, one more, one taken away."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import StringField, ValidationError

from portal.contacts import keeping
from portal.contacts.files import read_phone
from portal.contacts.records import PhoneRow
from portal.contacts.rules import check_key
from portal.core import formats
from portal.core.errors import CannotChange, PhoneMalformed
from portal.core.languages import Sentence
from portal.desk.contact.forms import ContactForm, ScheduleForm, bilingual, schedule_names, words_of
from portal.store.changes import Change
from portal.web.locale import in_words, language


class LineForm(ScheduleForm):
    """A line: its number, its region, its hours; one that is `new` has a key to be chosen."""

    key = StringField()
    number = StringField()
    region_fr = StringField()
    region_en = StringField()
    password = StringField()

    def __init__(self, line: str, names: Mapping[str, str], **named: Any) -> None:
        super().__init__(names, prefix=f"line-{line}-", **named)
        self.line = line

    @property
    def is_new(self) -> bool:
        """Say whether the line is one more."""
        return not self.line

    def validate_key(self, field: StringField) -> None:
        """Refuse what no address can hold."""
        if self.is_new:
            try:
                check_key((field.data or "").strip())
            except CannotChange as error:
                raise ValidationError(in_words(error.sentence)) from None

    def validate_number(self, field: StringField) -> None:
        """Refuse what is no number that people can call."""
        if not (field.data or "").strip():
            raise ValidationError(_("Give the number that people call, for example 418 780-4208."))
        try:
            read_phone(field.data or "")
        except PhoneMalformed as error:
            raise ValidationError(in_words(error.sentence)) from None

    def validate_region_fr(self, field: StringField) -> None:
        """Refuse no region."""
        words_of(field)

    def validate_region_en(self, field: StringField) -> None:
        """Refuse no region."""
        words_of(field)

    def keep(self, change: Change) -> None:
        """Save the line. Raises CannotChange for one that was taken away: only a new one is made."""
        if not self.is_new and change.session.get(PhoneRow, self.line) is None:
            raise CannotChange(Sentence("this line was taken away meanwhile; to have it again, add it as a new one"))
        region = bilingual(self.region_fr, self.region_en)
        keeping.keep_phone(change, self._key, read_phone(self.number.data), region, self.whose)

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return what is kept of the line."""
        return line_in_words(kept, self._key)

    @property
    def _key(self) -> str:
        return self.line or self.key.data.strip()


class LineAwayForm(ContactForm):
    """A line that is taken away."""

    password = StringField()

    def __init__(self, line: str, **named: Any) -> None:
        super().__init__(prefix=f"line-{line}-", **named)
        self.line = line

    def keep(self, change: Change) -> None:
        """Take the line away; one that is away stays so."""
        if change.session.get(PhoneRow, self.line):
            keeping.remove_phone(change, self.line)

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return what is kept of the line."""
        return line_in_words(kept, self.line)


def line_in_words(kept: Session, key: str) -> Mapping[str, str]:
    """Return what is kept of a line, nothing where there is none."""
    row = kept.get(PhoneRow, key)
    told = ["", "", "", ""]
    if row:
        hours = schedule_names(kept)[row.schedule_key]
        told = [formats.phone(row.number, language()), row.region_fr, row.region_en, hours]
    return dict(zip([_("Number"), _("Region, in French"), _("Region, in English"), _("Hours of")], told, strict=True))
