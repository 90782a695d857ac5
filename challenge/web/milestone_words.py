"""Words of an agreement carried out: answers, rulings, refusals, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.web.agreement_words import SIDES

__all__ = ["ACTIONS", "ANSWERS", "DUE", "ENTRIES", "RULINGS", "SIDES", "WORDS"]

ANSWERS: Mapping[str, LazyString] = {
    "met": _("met"),
    "partly": _("partly met"),
    "not_met": _("not met"),
}
RULINGS: Mapping[str, LazyString] = {"passed": _("passed"), "failed": _("not passed")}
ENTRIES: Mapping[str, LazyString] = {"invoice": _("Invoice"), "payment": _("Payment")}
DUE: Mapping[str, LazyString] = {
    "milestone": _("To be delivered"),
    "delivery": _("Waits for a decision"),
    "payment": _("To be paid"),
}
WORDS: Mapping[str, LazyString] = {
    "agreement_not_signed": _("This agreement is not signed by all its parties yet."),
    "agreement_over": _("This agreement is over: nothing can be delivered or written down any more."),
    "milestone_delivered": _(
        "Delivery %(number)s waits for the other side. Deliver again once it is returned."
    ),
    "milestone_accepted": _("This milestone was accepted: nothing more is delivered for it."),
    "delivery_accepted": _("Delivery %(number)s was accepted already."),
    "delivery_returned": _("Delivery %(number)s was returned already."),
    "nothing_delivered": _("Attach at least one file, or say how much was handed over."),
    "unmet_needs_reason": _("Something that must be met is not. To accept it all the same, write why."),
    "payment_paid": _("All of this payment was paid already."),
    "payments_as_signed": _("Payments stand as they were signed; only royalties are added as they come."),
    "too_many_payments": _("At most %(most)s fit here."),
    "above_what_is_left": _("That is more than is left of this payment: %(left)s."),
    "other_currency": _("This agreement is in %(currency)s: write the sum in %(currency)s."),
    "payment_before_signing": _("This day lies before the signing of the agreement."),
    "day_to_come": _("This day is yet to come."),
    "milestones_open": _("Milestones that are not accepted yet: %(count)s."),
    "public_when_completed": _("A public text comes once the agreement is completed."),
    "public_text_changed": _("The text has changed since you read it. Read it again."),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "milestone.delivered": ("", "up", _("A milestone was delivered")),
    "milestone.accepted": ("good", "check", _("A milestone was accepted")),
    "milestone.returned": ("warn", "back", _("A milestone was returned")),
    "payment.added": ("", "plus", _("A payment that came up was written down")),
    "payment.invoiced": ("", "file", _("An invoice was written down")),
    "payment.paid": ("good", "check", _("A payment was written down as paid")),
    "report.written": ("", "edit", _("A side wrote what came of an agreement")),
    "report.public_proposed": ("", "edit", _("A public text on an agreement was proposed")),
    "report.consented": ("", "check", _("A side consented to the public text on an agreement")),
    "report.published": ("good", "eye", _("The text on an agreement became public")),
    "report.unpublished": ("warn", "eye-off", _("A side took its consent to the public text back")),
    "requirement.delivered": ("good", "check", _("A need was delivered")),
    "agreement.completed": ("good", "check", _("An agreement was completed")),
}
