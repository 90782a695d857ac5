"""The WTForms of the form builder: one field with the parts of its kind, a section, a decision, a file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.base import i18n
from challenge.rules import formedit, formfaults
from challenge.rules.errors import Invalid
from challenge.rules.formfaults import HELP, LABEL, TERMS, UNIT
from challenge.rules.formspec import Field, Option, ShownIf, Spec, Words
from challenge.submissions.formversions import NOTE
from challenge.web.moments import MomentField
from challenge.web.organize.form_wording import answer_words

GENERATED = re.compile(r"[a-z]+_\d+")
_WHOLE = {"inputmode": "numeric"}


class OptionRow(Form):
    """A choice of a list, or a column of a table."""

    label_zh = StringField(_("In Chinese"), render_kw={"maxlength": LABEL})
    label_en = StringField(_("In English"), render_kw={"maxlength": LABEL})
    key = HiddenField()


class FieldForm(FlaskForm):
    """Everything that is said about one field; what its kind does not know is left out."""

    mark = HiddenField()
    label_zh = StringField(_("Label in Chinese"), render_kw={"maxlength": LABEL})
    label_en = StringField(_("Label in English"), render_kw={"maxlength": LABEL})
    help_zh = TextAreaField(_("Help in Chinese"), render_kw={"maxlength": HELP, "rows": 2})
    help_en = TextAreaField(_("Help in English"), render_kw={"maxlength": HELP, "rows": 2})
    fewest = IntegerField(_("At least"), [Optional()], render_kw=_WHOLE)
    most = IntegerField(_("At most"), [Optional()], render_kw=_WHOLE)
    minimum = StringField(_("Smallest"))
    maximum = StringField(_("Largest"))
    unit_zh = StringField(_("Unit in Chinese"), render_kw={"maxlength": UNIT})
    unit_en = StringField(_("Unit in English"), render_kw={"maxlength": UNIT})
    not_below = SelectField(_("Not lower than"))
    options = FieldList(FormField(OptionRow), _("Choices"), max_entries=formfaults.MOST_OPTIONS + 5)
    columns = FieldList(FormField(OptionRow), _("Columns"), max_entries=formfaults.MOST_COLUMNS + 5)
    terms_zh = TextAreaField(_("Terms in Chinese"), render_kw={"maxlength": TERMS, "rows": 4})
    terms_en = TextAreaField(_("Terms in English"), render_kw={"maxlength": TERMS, "rows": 4})
    required = BooleanField(_("Required: without it a submission is incomplete"))
    hidden = BooleanField(_("Hidden from judges"))
    shown_if = SelectMultipleField(
        _("Asked only if"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, spec: Spec, known: Field, **kwargs: Any) -> None:
        super().__init__(**{"data": data_of(known), **kwargs})
        self._spec, self._known = spec, known
        parts = formfaults.PARTS[known.kind]
        for name in formfaults.SPECIAL:
            if name not in parts:
                for lang in ("", "_zh", "_en"):
                    if f"{name}{lang}" in self:
                        del self[f"{name}{lang}"]
        if known.key == "title":
            del self["required"], self["hidden"], self["shown_if"]
        else:
            self.shown_if.choices = switches(spec, known)
        if "not_below" in self:
            zh, levels = i18n.reader().zh, [each for each in before(spec, known) if each.kind == "trl"]
            named = [(each.key, each.label.say(zh) or each.key) for each in levels]
            self.not_below.choices = [("", str(_("nothing"))), *named]

    def turn_rows(self, add: str | None, remove: str | None) -> bool:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        name = add or (remove or "").rpartition("-")[0]
        if name not in ("options", "columns") or name not in self:
            return False
        rows: Any = self[name]
        if add is not None:
            rows.append_entry()
        else:
            rows.entries = [each for each in rows.entries if each.name != remove]
        return True

    def field(self, taken: set[str]) -> Field:
        """The field as typed. Its first English label gives it its key, unless a version knows the key."""
        known, texts = self._known, ("label", "help", "unit", "terms")
        found: dict[str, Any] = {name: self._words(name) for name in texts if f"{name}_zh" in self}
        for name in ("fewest", "most", "required", "hidden"):
            if name in self:
                found[name] = self[name].data
        for name in ("minimum", "maximum", "not_below"):
            if name in self:
                found[name] = (self[name].data or "").strip() or None
        for name, stem in (("options", "option"), ("columns", "column")):
            if name in self:
                found[name] = self._rows(name, stem)
        if "shown_if" in self:
            found["shown_if"] = self._switch()
        key = known.key
        if GENERATED.fullmatch(key) and key not in taken and key.startswith(f"{known.kind}_"):
            others = (formedit.keys_of(self._spec) | taken | formfaults.FIXED.keys()) - {key}
            wanted = formedit.key_from(found["label"], key)
            key = formedit.free_key(wanted, others)
        return replace(known, key=key, **found)

    def _words(self, name: str) -> Words:
        zh, en = ((self[f"{name}_{lang}"].data or "").replace("\r\n", "\n").strip() for lang in ("zh", "en"))
        return Words(zh or None, en or None)

    def _rows(self, name: str, stem: str) -> tuple[Option, ...]:
        rows: list[tuple[str, Words]] = []
        listed: Any = self[name]
        for entry in listed:
            zh, en, key = ((entry.form[each].data or "").strip() for each in ("label_zh", "label_en", "key"))
            if zh or en:
                rows.append((key, Words(zh or None, en or None)))
        return formedit.with_keys(rows, stem)

    def _switch(self) -> ShownIf | None:
        ticked = [each.partition("=") for each in self.shown_if.data or []]
        fields = {field for field, _is, _answer in ticked}
        if len(fields) > 1:
            raise Invalid("shown_if", "form_one_switch")
        return ShownIf(fields.pop(), tuple(answer for _field, _is, answer in ticked)) if fields else None


def place_in_form(parts: list[str]) -> str:
    """The input that a fault of a field belongs to: `options.2.label` is `options-2-label_zh`."""
    *path, last = parts or [""]
    if last in ("zh", "en") and path:
        path, last = path[:-1], f"{path[-1]}_{last}"
    elif last in ("label", "title", "help", "unit", "terms"):
        last = f"{last}_zh"
    return "-".join([*path, last])


def data_of(field: Field) -> dict[str, Any]:
    """The form's values as the field stands."""
    data: dict[str, Any] = {
        name: getattr(field, name)
        for name in ("fewest", "most", "minimum", "maximum", "not_below", "required", "hidden")
    }
    for name in ("label", "help", "unit", "terms"):
        said: Words = getattr(field, name)
        data |= {f"{name}_zh": said.zh, f"{name}_en": said.en}
    for name in ("options", "columns"):
        data[name] = [
            {"key": each.key, "label_zh": each.label.zh, "label_en": each.label.en}
            for each in getattr(field, name)
        ] or [{}, {}]  # rows to begin with; a row left empty is none
    rule = field.shown_if
    data["shown_if"] = [f"{rule.field}={answer}" for answer in rule.among] if rule else []
    return data


def before(spec: Spec, field: Field) -> list[Field]:
    """The fields that stand before it."""
    fields = list(spec)
    return fields[: next((n for n, each in enumerate(fields) if each.key == field.key), 0)]


def switches(spec: Spec, field: Field) -> list[tuple[str, str]]:
    """Every answer that the field can depend on; one that does not exist any more stays to be unticked."""
    zh = i18n.reader().zh
    found: dict[str, str] = {}
    for other in before(spec, field):
        if other.kind in formfaults.SWITCHES:
            for key in formfaults.answers_of(other):
                found[f"{other.key}={key}"] = (
                    f"{other.label.say(zh) or other.key}: {answer_words(other, key)}"
                )
    rule = field.shown_if
    for key in rule.among if rule else ():
        if rule is not None:
            found.setdefault(f"{rule.field}={key}", f"{rule.field}: {key}")
    return list(found.items())


class SectionForm(FlaskForm):
    """A heading and its help."""

    mark = HiddenField()
    title_zh = StringField(_("Heading in Chinese"), render_kw={"maxlength": LABEL})
    title_en = StringField(_("Heading in English"), render_kw={"maxlength": LABEL})
    help_zh = TextAreaField(_("Help in Chinese"), render_kw={"maxlength": HELP, "rows": 2})
    help_en = TextAreaField(_("Help in English"), render_kw={"maxlength": HELP, "rows": 2})

    def words(self, name: str) -> Words:
        """A text in both languages."""
        zh, en = ((self[f"{name}_{lang}"].data or "").replace("\r\n", "\n").strip() for lang in ("zh", "en"))
        return Words(zh or None, en or None)


class ForceForm(FlaskForm):
    """What is said when a form is put in force."""

    digest = HiddenField()
    note = TextAreaField(_("What changed, in your words"), render_kw={"maxlength": NOTE, "rows": 3})
    close = RadioField(_("The close of the window"), validate_choice=False)
    closes_at = MomentField(_("New close"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.close.choices = [
            ("keep", str(_("It stays as it is: the time left is enough"))),
            ("extend", str(_("It moves to the moment below, and later stages move along"))),
        ]


class SourceForm(FlaskForm):
    """Where a form is taken from: the file is the only thing that is typed."""

    mark = HiddenField()
    file = FileField(_("File of a form"), render_kw={"accept": ".json,application/json"})
