"""What is typed of requests: a reference, a file, the next stage of one, a correction."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import SelectField, StringField, ValidationError

from portal.core import formats
from portal.core.errors import PortalError
from portal.core.numbers import form_number, normal_reference
from portal.desk.forms import DeskForm, day_of, line_of
from portal.opened.keeping import Opened
from portal.status.rules import (
    ARROWS,
    LONGEST_REASON,
    STAGE_NAMES,
    STAGES,
    ReasonTellsWhose,
    Request,
    Stage,
    check_reason,
)
from portal.web.failures import words_for
from portal.web.locale import in_words, language


class ReferenceForm(DeskForm):
    """A reference, as its holder reads it aloud."""

    reference = StringField()

    def validate_reference(self, field: StringField) -> None:
        """Refuse what is none, or mistyped."""
        try:
            field.data = normal_reference(field.data or "")
        except PortalError as error:
            raise ValidationError(words_for(error)) from None


class FileForm(DeskForm):
    """The file of the back office, and why it may contradict what is kept."""

    file = StringField()  # a place for its faults: the file itself is no field
    correct = StringField()
    reason = StringField()

    @cached_property
    def content(self) -> bytes:
        """Return what the file holds, nothing where none was chosen."""
        sent = request.files.get("file")
        return sent.read() if sent else b""

    def validate_file(self, field: StringField) -> None:
        """Refuse a form without a file."""
        if not self.content:
            raise ValidationError(_("Choose the file of the back office."))

    def validate_reason(self, field: StringField) -> None:
        """Refuse a correction without a reason, or with one that says whose request it is."""
        if self.correct.data:
            field.data = _reason_of(field)

    @property
    def why(self) -> str:
        """Return why what is kept may be contradicted, once it is validated; empty where it may not."""
        return self.reason.data if self.correct.data else ""


class StageForm(DeskForm):
    """The next stage of a request as it was `seen`, and since when."""

    stage = SelectField(validate_choice=False)
    changed_on = StringField()

    def __init__(self, seen: Opened, *arguments: Any, **named: Any) -> None:
        self.seen = seen.request
        super().__init__(*arguments, **named)
        self.stage.choices = [(stage, stage_name(stage)) for stage in self.stages()]

    def stages(self) -> Sequence[Stage]:
        """Return the stages that may follow."""
        return [stage for stage in STAGES if stage in ARROWS[self.seen.stage]]

    def validate_stage(self, field: SelectField) -> None:
        """Refuse every other."""
        if field.data not in self.stages():
            raise ValidationError(_("Choose the stage."))

    def validate_changed_on(self, field: StringField) -> None:
        """Refuse a day to come, and one before the request last changed."""
        if day_of(field, has_come=True) < self.first_day():
            day = formats.day(self.first_day(), language())
            raise ValidationError(_("Give %(day)s or a later day.", day=day))

    def chosen(self) -> Stage:
        """Return the stage, once it is validated."""
        return next(stage for stage in self.stages() if stage == self.stage.data)

    def first_day(self) -> date:
        """Return the first day on which the stage can begin."""
        return self.seen.changed_on

    def wanted(self) -> Request:
        """Return what the request is to be, once the form is validated."""
        changed_on = day_of(self.changed_on)
        return Request(self.seen.received_on, self.seen.form_number, self.chosen(), changed_on)


class CorrectionForm(StageForm):
    """All that is kept of a request, and why it is corrected."""

    received_on = StringField()
    form_number = StringField()
    reason = StringField()

    def stages(self) -> Sequence[Stage]:
        """Return every stage."""
        return STAGES

    def first_day(self) -> date:
        """Return the day on which the request was received, where it is one."""
        try:
            return day_of(self.received_on, has_come=True)
        except ValidationError:
            return date.min

    def validate_received_on(self, field: StringField) -> None:
        """Refuse what is no day, and a day to come."""
        day_of(field, has_come=True)

    def validate_form_number(self, field: StringField) -> None:
        """Refuse what is not four digits; a request may be kept without its form."""
        if not (field.data or "").strip():
            field.data = ""
            return
        try:
            field.data = form_number(field.data)
        except PortalError as error:
            raise ValidationError(words_for(error)) from None

    def validate_reason(self, field: StringField) -> None:
        """Refuse none, and one that says whose request it is."""
        field.data = _reason_of(field)

    def wanted(self) -> Request:
        """Return what the request is to be, once the form is validated."""
        days = day_of(self.received_on), day_of(self.changed_on)
        return Request(days[0], self.form_number.data or "", self.chosen(), days[1])


def _reason_of(field: StringField) -> str:
    reason = line_of(field, LONGEST_REASON)
    if not reason:
        raise ValidationError(_("Say why what is kept may be contradicted."))
    try:
        check_reason(reason)
    except ReasonTellsWhose as told:
        raise ValidationError(in_words(told.sentence)) from None
    return reason


def stage_name(stage: Stage) -> str:
    """Return the name of a stage in the language of the page, where it stands alone."""
    return STAGE_NAMES[stage].in_(language()).capitalize()
