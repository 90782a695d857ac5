"""Forms of signing and of the registry: their shape, and what was typed in them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, PasswordField, RadioField, SelectField, StringField

from challenge.accounts import identity
from challenge.agreements.signing import Wanted
from challenge.rules import money, registry
from challenge.rules import signing as rules
from challenge.rules.agreements import Terms
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.registry import Facts
from challenge.web import signing_words


class SignForm(FlaskForm):
    """A signature: for which side, by what name, with what, and the password once more."""

    digest = HiddenField()
    side = RadioField(_l("For which party"), validate_choice=False)
    name = StringField(
        _l("Your name"),
        description=_l("As it will stand on the paper."),
        render_kw={"maxlength": rules.NAME, "autocomplete": "name"},
    )
    file = RadioField(_l("Sign with"), validate_choice=False, default="typed")
    password = PasswordField(
        _l("Your password"),
        description=_l("Asked for once more, so that nobody signs at a desk that was left open."),
        render_kw={"maxlength": identity.MOST, "autocomplete": "current-password"},
    )
    code = StringField(
        _l("Or a code from your app"),
        render_kw={"maxlength": 40, "autocomplete": "one-time-code", "inputmode": "numeric"},
    )

    def written(self) -> Wanted:
        """What was asked for; `file` is "typed", or the kind and the ref of what was uploaded."""
        method, _colon, ref = (self.file.data or "typed").partition(":")
        return Wanted(
            digest=self.digest.data or "",
            side=self.side.data or "",
            name=self.name.data or "",
            method=method,
            file=ref,
        )


class UploadForm(FlaskForm):
    """A picture, or a scan: the body is read by the door, this is what the page shows."""

    files = FileField(_l("File"))

    @classmethod
    def of(cls, kind: str) -> UploadForm:
        """One of two on a page, each with an id of its own."""
        form = cls(None)
        form.files.id = f"{kind}-files"
        return form


class HashForm(FlaskForm):
    """An agreement as everyone may ask for it: by its hash, or as its file."""

    sha256 = StringField(
        _l("Hash"),
        description=_l("SHA-256 of the terms or of the PDF: 64 figures and letters."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(_l("Or the file"), description=_l("The PDF. It is looked at and forgotten."))


class RegistryForm(FlaskForm):
    """What the registry asks beside the terms."""

    contract_kind = SelectField(signing_words.FIELDS["contract_kind"], validate_choice=False)
    technology_minor = StringField(
        signing_words.FIELDS["technology_minor"],
        description=_l("Without equipment, travel and what else is paid for: it decides what is tax-free."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    payment = SelectField(signing_words.FIELDS["payment"], validate_choice=False)
    ip_kind = SelectField(signing_words.FIELDS["ip_kind"], validate_choice=False)
    area = SelectField(signing_words.FIELDS["area"], validate_choice=False)
    goal = SelectField(signing_words.FIELDS["goal"], validate_choice=False)
    source = SelectField(signing_words.FIELDS["source"], validate_choice=False)
    listed = SelectField(signing_words.FIELDS["listed"], validate_choice=False)
    foreign = SelectField(signing_words.FIELDS["foreign"], validate_choice=False)

    def offer(self, terms: Terms) -> RegistryForm:
        """Give its choices: of the kinds those alone that the agreement can be registered as."""
        for name, codes in registry.CHOICES.items():
            known = registry.KINDS.get(terms.kind, ()) if name == "contract_kind" else codes
            words = [(code, str(signing_words.CHOICES[code])) for code in known]
            box: Any = self[name]
            box.choices = [("", str(_("Choose one"))), *words]
        return self

    @staticmethod
    def shown(facts: Facts, currency: str) -> dict[str, Any]:
        """What it begins with."""
        minor, digits = facts.technology_minor, money.minor_digits(currency)
        text = "" if minor is None else money.amount_text(minor, "yuan", digits)
        return {name: getattr(facts, name) for name in registry.CHOICES} | {"technology_minor": text}

    def written(self, currency: str) -> Facts:
        """What was typed. Raises InvalidMany."""
        text = (self.technology_minor.data or "").strip()
        amount: Any = None
        if text:
            amount = money.parse_amount(text, "yuan", money.minor_digits(currency))
            if not isinstance(amount, int):
                raise InvalidMany([Invalid("technology_minor", f"amount_{amount}")])
        values = {name: self[name].data or "" for name in registry.CHOICES}
        return Facts(technology_minor=amount, **values)


class NumberForm(FlaskForm):
    """The registry has registered it."""

    number = StringField(
        _l("Registration number"), render_kw={"maxlength": registry.NUMBER, "autocomplete": "off"}
    )


class ReasonForm(FlaskForm):
    """The registry has refused it."""

    reason = StringField(_l("The registry’s reason"), render_kw={"maxlength": registry.REASON})
