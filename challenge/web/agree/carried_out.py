"""What the pages of an agreement carried out share: the agreement for whoever may, its sides, its frame."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import render_template

from challenge.agreements import carrying_out, facts, milestone_reads, queries
from challenge.agreements.models import Agreement
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.milestones import IN_FORCE
from challenge.rules.permissions import Action, Subject, can, require
from challenge.rules.services import day_at
from challenge.web import milestone_words
from challenge.web.agree.milestone_forms import level_of, target_of


@dataclass(frozen=True, slots=True)
class Shown:
    """An agreement as this person reads it, with the sides told apart."""

    agreement: Agreement
    subject: Subject
    now: dt.datetime

    @property
    def in_force(self) -> bool:
        """Whether something can be delivered."""
        return self.agreement.state in IN_FORCE

    @property
    def today(self) -> dt.date:
        """The day it is where the round is held."""
        return carrying_out.day_of(self.agreement, self.now)

    @property
    def side(self) -> str | None:
        """The side that this person acts for."""
        return facts.side_of(self.agreement, actor())

    def may(self, action: Action) -> bool:
        """Whether to show a button."""
        return can(actor(), action, self.subject)


def enter(ref: str, action: Action = Action.AGREEMENT_READ) -> Shown:
    """The agreement, to whoever may read it, and do this (six statements)."""
    read = queries.by_ref(db.session, actor(), ref)
    subject = carrying_out.subject_of(actor(), read.agreement, read.subject)
    if action is not Action.AGREEMENT_READ:
        require(actor(), action, subject)
    return Shown(read.agreement, subject, read.now)


def draw(template: str, shown: Shown, **values: Any) -> str:
    """A page in the frame of the agreement."""
    agreement = shown.agreement
    return render_template(
        template,
        agreement=agreement,
        ref=agreement.ref,
        zone=agreement.requirement.round.zone,
        names={each.side: each.organization or each.user for each in agreement.parties},
        shown=shown,
        today=shown.today,
        plain_day=day_at,
        words=milestone_words,
        target_of=target_of,
        level_of=level_of,
        found_in=milestone_reads.found_in,
        Action=Action,
        **values,
    )
