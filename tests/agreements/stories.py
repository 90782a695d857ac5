"""A need whose solver was chosen, the firms on both sides, and an agreement between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.agreements import beginning, drafting, facts, proposing
from challenge.agreements.beginning import Start
from challenge.agreements.models import Agreement
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.agreements import Payment, Step, Terms, told
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, Version
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)

QUOTE = 80_000_000


@dataclass
class Deal:
    """A need, both firms with somebody who speaks for each, and the agreement where there is one."""

    db: Session
    round: Round
    need: Requirement
    seeker: Organization
    firm: Organization
    organizer: User
    speaker: User  # for the seeker
    solver: User  # for the firm that solves it
    entry: Submission | None = None
    ref: str = ""

    @property
    def programme(self) -> Programme:
        return self.db.get_one(Programme, self.round.programme_id)

    @property
    def as_seeker(self) -> Actor:
        return actor_of(self.speaker)

    @property
    def as_solver(self) -> Actor:
        return actor_of(self.solver)

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    @property
    def agreement(self) -> Agreement:
        """Read anew, with terms and parties."""
        self.db.expire_all()
        return facts.by_ref(self.db, self.ref)

    @property
    def terms(self) -> Terms:
        """What the draft says."""
        return told(self.agreement.terms)

    def begin(self, by: Actor | None = None, kind: str = "development", **more: Any) -> str:
        """Begin one on the need, with its chosen entry if there is one."""
        more = {"entry": self.entry.ref if self.entry else None, "lang": "en"} | more
        made = beginning.begin(self.db, by or self.as_seeker, self.need.ref, Start(kind, **more))
        self.ref = made.ref
        return made.ref

    def write(self, by: Actor | None = None, **changes: Any) -> Agreement:
        """Change its terms."""
        terms = replace(self.terms, **changes)
        return drafting.save(self.db, by or self.as_seeker, self.ref, terms, self.agreement.draft_version)

    def complete(self, **changes: Any) -> Agreement:
        """Write what is missing before it can be proposed."""
        return self.write(**{**whole(self.terms), **changes})

    def propose(self, by: Actor | None = None, note: str = "") -> Agreement:
        """Put it to signature."""
        return proposing.propose(self.db, by or self.as_seeker, self.ref, self.agreement.draft_version, note)

    def reopen(self, by: Actor | None = None) -> Agreement:
        """Make it a draft again."""
        return drafting.reopen(self.db, by or self.as_seeker, self.ref, self.agreement.draft_version)


def deal(db: Session, *, entry: bool = True, stage: Stage = Stage.CLOSED, **values: Any) -> Deal:
    """A need of a round, with a chosen entry of the firm unless said otherwise; no agreement yet."""
    round_ = values.pop("round", None) or RoundFactory(stage=stage)
    seeker = OrganizationFactory(name="陇原铝业", name_en="Longyuan Aluminium")
    firm = OrganizationFactory(name="微光视觉", name_en="Weiguang Vision")
    usual = {"title_en": "Low-light flaw vision", "title_zh": "弱光瑕疵检测", "state": "selected"}
    need = RequirementFactory(round=round_, seeker=seeker, **usual | values)
    speaker, solver = (
        UserFactory(name="Sun Li", represents=[seeker]),
        UserFactory(name="Wei Ming", represents=[firm]),
    )
    made = Deal(db, round_, need, seeker, firm, organizer_of(round_.programme), speaker, solver)
    if entry:
        made.entry = SubmissionFactory(
            requirement=need,
            owner=solver,
            organization_id=firm.id,
            state="selected",
            submitted_at=need.created_at,
        )
        db.add(_version(made.entry))
    db.flush()
    return made


def drafted(db: Session, **values: Any) -> Deal:
    """A draft that lacks nothing; `kind`, `lang` and `agency` are of the beginning, the rest of the deal."""
    start = {name: values.pop(name) for name in ("kind", "lang", "agency") if name in values}
    made = deal(db, **values)
    made.begin(**start)
    if made.entry is None:
        drafting.join(db, made.as_seeker, made.ref, "solver", made.firm.name, made.agreement.draft_version)
    made.complete()
    return made


def proposed(db: Session, **values: Any) -> Deal:
    """One that is in signature: its first version."""
    made = drafted(db, **values)
    made.propose()
    return made


def whole(terms: Terms) -> dict[str, Any]:
    """Two milestones and their payments, for a contract; days and ownership for all."""
    given: dict[str, Any] = {
        "starts_on": dt.date(2027, 1, 1),
        "ends_on": dt.date(2027, 12, 31),
        "ownership": "joint",
    }
    if not terms.contract:
        return given
    total = terms.total_minor or QUOTE
    milestones = (
        Step("First line", dt.date(2027, 6, 30), "One line and its report.", terms.indicators[:1]),
        Step("All lines", dt.date(2027, 12, 31), "All lines.", terms.indicators),
    )
    payments = (
        Payment("On the first line", total // 4, step=1),
        Payment("On all lines", total - total // 4, step=2),
    )
    more = {"royalty": "3% of sales"} if terms.payment == "royalty" else {}
    return {**given, **more, "total_minor": total, "milestones": milestones, "payments": payments}


def broker_of(made: Deal) -> User:
    """A broker of its programme."""
    broker = UserFactory(name="Broker Bai")
    GrantFactory(user_id=broker.id, role="broker", scope="programme", scope_id=made.round.programme_id)
    return broker


def _version(entry: Submission) -> Version:
    """What was entered."""
    answer = {
        "name_zh": "检出率",
        "name_en": "Detection rate",
        "met": "met",
        "evidence": "Measured on 1,200 m.",
    }
    values = {"title": "Polarised vision", "summary": "Four-direction micro-polarisers."}
    content = {"title": "Polarised vision", "currency": "CNY", "quote_minor": QUOTE, "values": values}
    return Version(
        submission_id=entry.id,
        number=1,
        current=True,
        content={**content, "answers": [answer]},
        manifest=[],
        submitted_at=entry.submitted_at,
        receipt={},
    )
