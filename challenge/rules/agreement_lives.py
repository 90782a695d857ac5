"""The state tables of an agreement and of what is carried out under it, until its story is told."""

from __future__ import annotations

from challenge.rules.lifecycle import Lifecycle, table

# What parties agree on. Terms that change after somebody signed take it back to its draft.
AGREEMENT = table(
    "agreement",
    "draft",
    (
        ("draft", "propose", "in_signature"),
        ("in_signature", "change", "draft"),
        ("in_signature", "sign", "signed"),
        ("signed", "register", "registered"),
        ("signed|registered", "complete", "completed"),
        ("draft|in_signature|signed|registered", "terminate", "terminated"),
    ),
)
SIGNED = ("signed", "registered", "completed")

# A signed contract at the registry of technology contracts; what was refused is filed anew.
REGISTRATION = table(
    "registration",
    "none",
    (
        ("none|refused", "file", "filed"),
        ("filed", "register", "registered"),
        ("filed", "refuse", "refused"),
    ),
)

# One delivery of an agreement, and one payment of its plan.
MILESTONE = table(
    "milestone",
    "planned",
    (
        ("planned|returned", "deliver", "delivered"),
        ("delivered", "accept", "accepted"),
        ("delivered", "return", "returned"),
    ),
)
PAYMENT = table(
    "payment",
    "planned",
    (
        ("planned", "invoice", "invoiced"),
        ("planned|invoiced", "pay", "paid"),
    ),
)

# What an organizer tells everyone of a need and what came of it, with the consent of both sides.
STORY = table(
    "story",
    "draft",
    (
        ("draft|withdrawn", "publish", "published"),
        ("published", "withdraw", "withdrawn"),
    ),
)

LIVES: tuple[Lifecycle, ...] = (AGREEMENT, REGISTRATION, MILESTONE, PAYMENT, STORY)
