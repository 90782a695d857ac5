"""Webhooks: which events a programme or an organization may have sent, how a body is signed, when to stop.

Signatures follow the Standard Webhooks specification, 1.0.0: receivers find libraries for them.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence

# What everyone may ask for when trying a webhook out; no event of the product.
PING = "ping"
_ROUND = (
    *("round.launched", "round.requirements_opened", "round.requirements_closed"),
    *("round.submission_opened", "round.submission_closed", "round.judging_opened", "round.judging_closed"),
    *("round.award_opened", "round.award_closed", "round.extended", "round.cancelled"),
)
_NEED = ("requirement.published", "requirement.changed", "requirement.withdrawn")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "programme": (
        *_ROUND,
        *("requirement.submitted", *_NEED),
        *("question.asked", "question.answered", "announcement.posted"),
        *("submission.submitted", "submission.withdrawn", "submission.reinstated"),
        *("ranking.fixed", "notice.started", "awards.published"),
    ),
    "organization": (
        *("requirement.submitted", "requirement.returned", "requirement.rejected", *_NEED),
        *("question.asked", "decision.asked", "decision.made"),
    ),
}
OVERLAP = dt.timedelta(hours=24)  # for so long a replaced secret still signs beside the new one
LASTING = dt.timedelta(hours=24)  # without one answer of 2xx: what is given up after that ends the sending
GONE = 410  # the receiver's own word that it wants no more
MOST = 10  # of one programme or organization
URL_LENGTH, NAME_LENGTH = 500, 100


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """`v1,` and the HMAC-SHA256 over id, time and body, in Base64; `secret` begins with `whsec_`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """What a delivery carries: its id (the same at each try), the time, a signature for each valid secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message_id, timestamp, body) for each in secrets),
    }


def gives_up(
    failing_since: dt.datetime | None, now: dt.datetime, *, last_try: bool, status: int | None
) -> bool:
    """Whether nothing more is sent there: the receiver is gone for good, or has failed for long."""
    lasting = failing_since is not None and now - failing_since >= LASTING
    return status == GONE or (last_try and lasting)
