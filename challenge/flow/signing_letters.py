"""Letters about signing: event -> (template, audience). They go to whoever acts for a party."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.agreements import facts, signatures
from challenge.flow.audiences import Audience, Facts, Ids


def of_parties(about: Facts) -> Ids:
    """Whoever acts for one of its parties."""
    return facts.people_of(about["agreement_id"])


def unsigned(about: Facts) -> Ids:
    """Whoever acts for a party that has not signed."""
    return signatures.unsigned(about["agreement_id"])


ROWS: Mapping[str, tuple[tuple[str, Audience], ...]] = {
    "agreement.scanned": (("agreement_scanned", unsigned),),
    "agreement.side_signed": (),
    "agreement.signed": (("agreement_signed", of_parties),),
    "agreement.signatures_fell": (("agreement_fell", of_parties),),
    "agreement.registry_filed": (),
    "agreement.registry_registered": (("agreement_registered", of_parties),),
    "agreement.registry_refused": (("agreement_registry_refused", of_parties),),
}
