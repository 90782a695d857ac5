"""The state tables of everything that has a life: one shape, so buttons, clock and API ask the same rows."""

from __future__ import annotations

from challenge.rules import agreement_lives
from challenge.rules.lifecycle import Lifecycle, table

REQUIREMENT = table(
    "requirement",
    "draft",
    (
        ("draft|returned", "submit", "submitted"),
        ("submitted", "return", "returned"),
        ("submitted", "reject", "rejected"),
        ("submitted", "publish", "published"),
        ("draft|submitted|returned|published", "withdraw", "withdrawn"),
        ("published", "select", "selected"),
        ("published", "fail", "failed"),
        # By a contract: with whoever was chosen, or with whom docking brought, after the round too.
        ("published|selected|failed", "agree", "agreed"),
        ("agreed", "deliver", "delivered"),
        ("agreed", "lapse", "failed"),
    ),
)

SUBMISSION = table(
    "submission",
    "draft",
    (
        ("draft|submitted|withdrawn", "submit", "submitted"),
        ("submitted", "withdraw", "withdrawn"),
        ("withdrawn", "reinstate", "submitted"),
        ("submitted", "rule_out", "ineligible"),
        ("submitted", "select", "selected"),
        ("submitted", "pass_over", "not_selected"),
    ),
)

# Handed in and not taken back: what counts as received, and what an organizer may list.
ENTERED = ("submitted", "ineligible", "selected", "not_selected")
# What its team may still change, while the time for it lasts.
CHANGEABLE = ("draft", "submitted", "withdrawn")

ASSIGNMENT = table(
    "assignment",
    "invited",
    (
        ("invited", "accept", "accepted"),
        ("invited", "decline", "declined"),
        ("invited|accepted", "recuse", "recused"),
        ("accepted", "complete", "completed"),
        ("invited|accepted", "abstain", "abstained"),
        ("completed", "reopen", "accepted"),
        ("invited|accepted", "replace", "replaced"),
    ),
)
# Promises a scorecard still, or gave one; of these, what is to be locked yet, and what the judge agreed to.
READING = ("invited", "accepted", "completed")
UNLOCKED = ("invited", "accepted")
TAKEN = ("accepted", "completed")
# Given back by the judge, with a reason: no scorecard will come of it.
GIVEN_BACK = ("abstained", "declined", "recused")

# A possible conflict of interest of a judge with an entry. What the data show for certain stands until it is
# overridden; what they only suggest is open until a person confirms or dismisses it.
CONFLICT = table(
    "conflict",
    "open",
    (
        ("open|dismissed", "confirm", "confirmed"),
        ("open|confirmed", "dismiss", "dismissed"),
        ("open", "establish", "standing"),
        ("standing", "override", "overridden"),
        ("overridden", "restore", "standing"),
        ("dismissed", "reopen", "open"),
        ("overridden", "reopen", "standing"),
    ),
)

AWARD = table(
    "award",
    "proposed",
    (
        ("proposed", "notify", "on_notice"),
        ("on_notice", "confirm", "confirmed"),
        ("proposed|on_notice", "withdraw", "withdrawn"),
    ),
)

# The results of a round on their way out: prepared by one person, approved by another, then a delay.
RELEASE = table(
    "release",
    "prepared",
    (
        ("prepared", "approve", "approved"),
        ("prepared|approved", "stop", "stopped"),
        ("approved", "publish", "published"),
    ),
)

# What somebody holds against what is on public notice.
OBJECTION = table(
    "objection",
    "filed",
    (
        ("filed", "uphold", "upheld"),
        ("filed", "dismiss", "dismissed"),
        ("filed", "withdraw", "withdrawn"),
    ),
)

# What an organizer holds against an entry: asked, answered within the period, decided with a reason.
SCREENING = table(
    "screening",
    "open",
    (
        ("open", "reply", "answered"),
        ("open|answered", "dismiss", "dismissed"),
        ("open|answered", "uphold", "upheld"),
        ("open|answered", "escalate", "escalated"),
    ),
)

# One requirement on its way to one recipient, and what came back. Whoever said no, or passed it on, may still
# say yes; who is interested stays so, because somebody may have acted on it.
DISPATCH = table(
    "dispatch",
    "queued",
    (
        ("queued", "send", "sent"),
        ("sent", "open", "opened"),
        ("sent|opened|declined|forwarded|bounced", "interest", "interested"),
        ("sent|opened|forwarded|bounced", "decline", "declined"),
        ("sent|opened|bounced", "forward", "forwarded"),
        ("queued|sent|opened", "expire", "expired"),
        # Refused for good, at once or by a report that came later; it may go anew once the address is mended.
        ("queued|sent|opened", "bounce", "bounced"),
        ("bounced", "send_anew", "queued"),
    ),
)
# Sent and not answered: who may be reminded.
SILENT = ("sent", "opened")

# A requirement in a broker's hands.
CARE = table(
    "care",
    "offered",
    (
        ("offered", "claim", "claimed"),
        ("offered|claimed", "refuse", "refused"),
        ("claimed", "pass_on", "passed_on"),
    ),
)

# An expert's word on a requirement: asked for, taken on, handed in once.
DIAGNOSIS = table(
    "diagnosis",
    "asked",
    (
        ("asked", "accept", "accepted"),
        ("asked|accepted", "decline", "declined"),
        ("asked|accepted", "call_off", "called_off"),
        ("accepted", "hand_in", "handed_in"),
    ),
)

DOCKING = table(
    "docking",
    "planned",
    (
        ("planned", "hold", "held"),
        ("planned", "miss", "no_show"),
        ("planned", "cancel", "cancelled"),
    ),
)

TASK = table(
    "task",
    "queued",
    (
        ("queued", "lease", "leased"),
        ("leased", "finish", "done"),
        ("leased", "retry", "queued"),
        ("leased", "give_up", "failed"),
        ("failed", "retry", "queued"),
        ("failed", "drop", "done"),  # by an administrator
    ),
)

# A technology on offer: what is retired stays with its owner and can come back.
ACHIEVEMENT = table(
    "achievement",
    "draft",
    (
        ("draft|retired", "publish", "published"),
        ("draft|published", "retire", "retired"),
    ),
)

# A line of a centre's catalogue: what is retired takes no requests, and those that were made go on.
SERVICE = table(
    "service",
    "draft",
    (
        ("draft|retired", "offer", "offered"),
        ("draft|offered", "retire", "retired"),
    ),
)

# What somebody asked of a centre. It can be handed to another person as long as it is not done.
SERVICE_REQUEST = table(
    "service_request",
    "asked",
    (
        ("asked", "accept", "accepted"),
        ("asked|accepted|assigned", "assign", "assigned"),
        ("running", "assign", "running"),
        ("assigned", "begin", "running"),
        ("assigned|running", "finish", "done"),
        ("done", "close", "closed"),
        ("asked|accepted|assigned|running", "refuse", "refused"),
        ("asked|accepted|assigned|running", "cancel", "cancelled"),
    ),
)

# A course of a programme, and somebody's place in it.
COURSE = table(
    "course",
    "draft",
    (
        ("draft", "publish", "published"),
        ("draft|published", "cancel", "cancelled"),
    ),
)
ENROLMENT = table(
    "enrolment",
    "enrolled",
    (
        ("waiting", "move_up", "enrolled"),
        ("enrolled|waiting", "leave", "left"),
        ("left", "enrol", "enrolled"),
        ("left", "wait", "waiting"),
    ),
)

# A person and the confidential part of a requirement.
ACCESS = table(
    "access",
    "asked",
    (
        ("asked|refused|revoked", "grant", "granted"),
        ("asked", "refuse", "refused"),
        ("granted", "revoke", "revoked"),
    ),
)

# A proposal that was not selected, offered to the seeker of a similar need; ended where the team's word was.
ANEW_OFFER = table(
    "anew_offer",
    "offered",
    (
        ("offered", "welcome", "interested"),
        ("offered", "decline", "declined"),
        ("offered", "end", "ended"),
    ),
)

ALL: tuple[Lifecycle, ...] = (
    *(REQUIREMENT, SUBMISSION, ASSIGNMENT, AWARD, RELEASE, OBJECTION, ANEW_OFFER, SCREENING, CONFLICT),
    *agreement_lives.LIVES,
    *(DISPATCH, CARE, DIAGNOSIS, DOCKING, ACHIEVEMENT, ACCESS, TASK),
    *(SERVICE, SERVICE_REQUEST, COURSE, ENROLMENT),
)
