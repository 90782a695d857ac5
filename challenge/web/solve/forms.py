"""Forms of the solver's rooms: their shape, and what was typed in them as a draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field as Input
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db
from challenge.rules.errors import Invalid
from challenge.submissions import merging
from challenge.submissions.content import LONGEST_TEAM_NAME
from challenge.submissions.models import Submission
from challenge.submissions.queries import Shown
from challenge.submissions.team import LONGEST_NAME
from challenge.web.asked import AskedForm, form_class
from challenge.web.asked_fields import Longest
from challenge.web.asked_values import filled, raw, text, typed


class DraftForm(AskedForm):
    """The whole draft, around the fields of its round. It may be saved with anything missing."""

    draft_version = HiddenField()
    team_name = StringField(_("Name of the team"), [Longest(LONGEST_TEAM_NAME)])
    organization_id = SelectField(_("On behalf of"))

    def __init__(self, *args: Any, organizations: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(key), name) for key, name in organizations.items()]
        self.organization_id.choices = [("", str(_("Ourselves, as persons"))), *named]

    def part(self, part: str) -> Input:
        """What a part is typed into."""
        key, _dot, item = part.partition(".")
        found: Any = self[key] if key in merging.WHO else self.input(key)
        input_: Input = next(entry for entry in found if str(entry.index) == item) if item else found
        return input_

    def knows(self, part: str) -> bool:
        """Whether the form has such a part."""
        key, _dot, item = part.partition(".")
        field = self.spec.get(key)
        if field is None or field.kind == "files":
            return key in merging.WHO and not item
        asked = {str(each.id) for each in self.meta.asked}
        return item in asked if field.kind == "indicators" else not item

    def errors_at(self, part: str) -> list[str]:
        """What is wrong with a part."""
        field = self.spec.get(part)
        found = list(said(self.part(part)))
        return [*found, *said(self.unit(part))] if field is not None and field.kind == "money" else found

    def parts_of(self, wanted: Iterable[str]) -> dict[str, Any]:
        """The values of these parts, of those that can be read."""
        keys = {part.partition(".")[0] for part in wanted}
        values: dict[str, Any] = {
            "team_name": text(self.team_name.data),
            "organization_id": _number(self.organization_id.data),
        }
        for field in (each for each in self.spec if each.key in keys):
            with suppress(Invalid):
                values |= merging.flat(self.spec, {field.key: raw(self, field)})
        return {part: values[part] for part in wanted if part in values}

    def parts(self) -> dict[str, Any]:
        """What was typed, by part (see submissions/merging). Raises `Invalid`."""
        return {
            **merging.flat(self.spec, typed(self)),
            "team_name": text(self.team_name.data),
            "organization_id": _number(self.organization_id.data),
        }


def draft_form(shown: Shown, organizations: Mapping[int, str], formdata: Any = None) -> DraftForm:
    """The form of a draft: as it is stored, or as it was posted."""
    asks, submission = shown.form, shown.submission
    made = form_class(asks.spec, asks.digest, DraftForm)
    data = {
        **filled(asks.spec, submission.values, submission.currency),
        "team_name": submission.team_name,
        "organization_id": str(submission.organization_id or ""),
        "draft_version": str(submission.draft_version),
    }
    form: DraftForm = made(
        formdata=formdata,
        data=data,
        asked=shown.material.indicators,
        currency=submission.currency,
        organizations=organizations,
    )
    form.marks = {part: merging.mark(submission, part) for part in merging.of(asks.spec, submission)}
    return form


def organizations_of(represents: frozenset[int], submission: Submission) -> dict[int, str]:
    """The organizations that the actor may choose, and the one that is set, in the reader's language."""
    ids: Sequence[int] = sorted(represents | {submission.organization_id or 0})
    rows = db.session.scalars(
        sa.select(Organization).where(Organization.id.in_(ids)).order_by(Organization.id)
    )
    return {each.id: i18n.organization_name(each) for each in rows}


def said(field: Any) -> Iterator[str]:
    """The errors of a field and of all in it."""
    if isinstance(field, FieldList):
        yield from (error for error in field.errors if isinstance(error, str))
        for entry in field:
            yield from said(entry)
    elif isinstance(field, FormField):
        for inner in field.form:
            yield from said(inner)
    else:
        yield from map(str, field.errors)


def _number(value: object) -> int | None:
    typed_ = str(value or "")
    return int(typed_) if typed_.isdecimal() and len(typed_) < 18 else None


class MemberForm(FlaskForm):
    """A person for the team."""

    email = StringField(_("Mail address"), [DataRequired(_("Fill this in.")), Length(max=254)])
    name = StringField(_("Name"), [DataRequired(_("Fill this in.")), Length(max=LONGEST_NAME)])
    affiliation = StringField(_("Organization or school"), [Length(max=LONGEST_NAME)])

    def typed(self) -> tuple[str, str, str]:
        """Address, name and affiliation."""
        return str(self.email.data), str(self.name.data).strip(), str(self.affiliation.data or "").strip()


class DescribeForm(FlaskForm):
    """How a member is named in what is submitted."""

    name = StringField(_("Name"), [DataRequired(_("Fill this in.")), Length(max=LONGEST_NAME)])
    affiliation = StringField(_("Organization or school"), [Length(max=LONGEST_NAME)])

    def typed(self) -> tuple[str, str]:
        """Name and affiliation."""
        return str(self.name.data).strip(), str(self.affiliation.data or "").strip()


class ConfirmForm(FlaskForm):
    """A button with its token."""
