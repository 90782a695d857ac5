"""A hand-made world of thirty needs, a line each; what it adds up to was counted by hand in its test.

Life: how far it came. `out` rejected, `back` returned, `gone_*` withdrawn as what it was then.
Solutions: person[/organization], with - taken back, ~ a draft, ! ruled out. Dockings: + held, - nobody came,
? planned; of a person (p) or an organization (U). Agreements: `I` an intent, a number a contract's total; x
ended since, * completed, ~ not signed; of whom.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.agreements.models import Agreement, AgreementParty
from challenge.audit import chain
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.permissions import SYSTEM
from tests.factories import (
    OrganizationFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
)

NEEDS = """
01 A24 L electronics f1 published      -  p1/U1,p2/U1,p3/U1  p1+      I:U1,100:U1
02 A24 L electronics f1 published      -  p1/U1              p1+,p1+  50:U1,30:p4
03 A24 L materials   f2 published      -  -                  U2-      -
04 A24 G materials   f2 selected       -  p4                 U2-,U2+  I:U2
05 A24 G materials   f3 failed         -  p5,p6~             -        -
06 A24 G energy      f3 published      -  -                  -        -
07 A24 G energy      f4 submitted      -  -                  -        -
08 A24 G -           f4 back           -  -                  -        -
09 A24 L electronics f5 out            -  -                  -        -
10 A24 L electronics f5 draft          -  -                  -        -
11 A24 G materials   f6 gone_draft     -  -                  -        -
12 A24 G materials   f6 gone_submitted -  -                  -        -
13 A24 L electronics f7 gone_published -  p1-,p2/U1          -        -
14 A24 L electronics f1 delivered      -  p1/U1              p1+      200*:U1
15 A24 G energy      f8 published      -  p6!                p6?      20~:U1
16 A25 L materials   f2 published      03 p1/U1              U2+      80:U2
17 A25 L energy      f3 submitted      06 -                  -        -
18 A25 G materials   f3 published      05 p5                 p5-      -
19 A25 G electronics f1 published      -  p3/U1              -        I:p3,60x:p3
20 A25 L electronics f7 published      13 -                  -        -
21 A25 G -           f9 delivered      -  -                  -        40*:U2,I:U2
22 A25 L materials   f6 published      11 p4                 p4+      -
23 A25 G electronics f4 gone_published -  p4                 p4+      Ix:p4
24 B25 X electronics f1 published      -  p1/U1              -        -
25 B25 X electronics f1 published      01 p2/U1              p1+      10:U1
26 B25 X materials   f9 published      -  p6/U2,p5           -        -
27 B25 X materials   f9 submitted      -  -                  -        -
28 B25 X energy      f8 published      15 -                  p6+,p6-  $900:p6
29 B25 X energy      f8 draft          -  -                  -        -
30 B25 X -           f8 out            -  -                  -        -
"""
TO_NO_NEED = ("B25", "p7")  # one solution to the round itself
NEW_YEAR = "07"  # handed in at half past midnight in Shanghai, which is the old year still in UTC
STATES = {
    "back": "returned",
    "out": "rejected",
    **{f"gone_{was}": "withdrawn" for was in ("draft", "submitted", "published")},
}
OPEN = ("published", "selected", "failed", "delivered", "gone_published")
EDITIONS = {"A24": ("A", 2024), "A25": ("A", 2025), "B25": ("B", 2025)}
HOSTS = {"A": "G", "B": "X"}
MINOR = 1_000_000  # 万元 in minor units


@dataclass
class Town:
    """What was made, by its name in the table."""

    session: Session
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    programmes: dict[str, Any] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    needs: dict[str, Requirement] = field(default_factory=dict)

    def organization(self, name: str) -> Organization:
        """The organization of that name: N above G, G above L, and nobody above the others."""
        if name not in self.organizations:
            above = {"G": "N", "L": "G"}.get(name)
            parent = self.organization(above).id if above else None
            self.organizations[name] = OrganizationFactory(parent_id=parent)
        return self.organizations[name]

    def person(self, name: str) -> User:
        """The person of that name."""
        if name not in self.people:
            self.people[name] = UserFactory()
        return self.people[name]

    def scope(
        self, programme: str = "", edition: str = "", branch: str = "", field: str = "", year: int = 0
    ) -> tuple[int, int, int, str, int]:
        """A scope by the names of the table."""
        if edition:
            programme = EDITIONS[edition][0]
        return (
            self.programmes[programme].id if programme else 0,
            self.rounds[edition].id if edition else 0,
            self.organization(branch).id if branch else 0,
            field,
            year,
        )

    def things(self) -> list[tuple[str, int]]:
        """Everything that could count."""
        needs = [("need", each.id) for each in self.needs.values()]
        return [*needs, *(("round", each.id) for each in self.rounds.values())]


def town(session: Session) -> Town:
    """The world of the table."""
    made = Town(session)
    for name, host in HOSTS.items():
        made.programmes[name] = ProgrammeFactory(host=made.organization(host))
    for name, (programme, _year) in EDITIONS.items():
        made.rounds[name] = RoundFactory(programme=made.programmes[programme])
    for line in NEEDS.strip().splitlines():
        _need(made, *line.split())
    edition, person = TO_NO_NEED
    at = _day(edition)
    SubmissionFactory(
        requirement=None, round_id=made.rounds[edition].id, owner=made.person(person), submitted_at=at,
        state="submitted",
    )  # fmt: skip
    session.flush()
    session.expire_all()
    return made


def _day(edition: str) -> dt.datetime:
    return dt.datetime(EDITIONS[edition][1], 6, 1, tzinfo=dt.UTC)


def _need(made: Town, *said: str) -> None:
    number, edition, branch, name, firm, life, origin, solutions, dockings, agreements = said
    at = dt.datetime(2024, 12, 31, 16, 30, tzinfo=dt.UTC) if number == NEW_YEAR else _day(edition)
    round_, host = made.rounds[edition], HOSTS[EDITIONS[edition][0]]
    need = RequirementFactory(
        round=round_,
        seeker=made.organization(firm),
        branch_id=None if branch == host else made.organization(branch).id,
        field=None if name == "-" else name,
        state=STATES.get(life, life),
        state_reason="Because." if life in STATES else None,
        published_at=at if life in OPEN else None,
        number=f"R-{EDITIONS[edition][1]}-{number}" if life in OPEN else None,
        origin_id=None if origin == "-" else made.needs[origin].id,
        created_at=at - dt.timedelta(days=30),
    )
    made.needs[number] = need
    if life not in ("draft", "gone_draft"):
        of_round = chain.round_chain(round_.id)
        chain.record(
            made.session, SYSTEM, "requirement.submitted", f"requirement:{need.id}", chain=of_round, at=at
        )
    for each in _parts(solutions):
        _solution(made, need, each, at)
    for count, each in enumerate(_parts(dockings), 1):
        _docking(made, need, each, at + dt.timedelta(days=count))
    for each in _parts(agreements):
        _agreement(made, need, *each.split(":"), at)  # type: ignore[call-arg]


def _parts(text: str) -> list[str]:
    return [] if text == "-" else text.split(",")


def _solution(made: Town, need: Requirement, said: str, at: dt.datetime) -> None:
    state = {"-": "withdrawn", "~": "draft", "!": "ineligible"}.get(said[-1], "submitted")
    person, _, organization = said.rstrip("-~!").partition("/")
    SubmissionFactory(
        requirement=need,
        owner=made.person(person),
        entered_organization_id=made.organization(organization).id if organization else None,
        state=state,
        state_reason="Forged." if state == "ineligible" else None,
        submitted_at=None if state == "draft" else at,
    )


def _docking(made: Town, need: Requirement, said: str, at: dt.datetime) -> None:
    who, state = said[:-1], {"+": "held", "-": "no_show", "?": "planned"}[said[-1]]
    candidate = (
        {"organization_id": made.organization(who).id} if who[0] == "U" else {"user_id": made.person(who).id}
    )
    made.session.flush()
    same = [getattr(DockingPair, name) == value for name, value in candidate.items()]
    found = sa.select(DockingPair).where(DockingPair.requirement_id == need.id, *same)
    pair = made.session.scalar(found)
    if pair is None:
        pair = DockingPair(requirement_id=need.id, **candidate)
        made.session.add(pair)
        made.session.flush()
    last = made.session.scalar(sa.select(sa.func.count()).where(Docking.pair_id == pair.id)) or 0
    hour = dt.timedelta(hours=1)
    times = {"starts_at": at, "ends_at": at + hour}
    made.session.add(Docking(pair_id=pair.id, number=last + 1, state=state, channel="video", **times))


def _agreement(made: Town, need: Requirement, said: str, who: str, at: dt.datetime) -> None:
    mark = said[-1] if said[-1] in "x*~" else ""
    total = said.strip("$x*~")
    signed = at + dt.timedelta(days=90)
    deal = Agreement(
        requirement_id=need.id,
        kind="intent" if total == "I" else "development",
        state={"x": "terminated", "*": "completed", "~": "draft"}.get(mark, "signed"),
        reason="It failed." if mark == "x" else None,
        total_minor=None if total == "I" else int(total) * MINOR,
        currency="USD" if said[0] == "$" else "CNY",
        terms={},
        signed_at=None if mark == "~" else signed,
        completed_at=signed + dt.timedelta(days=200) if mark == "*" else None,
    )
    made.session.add(deal)
    made.session.flush()
    party = (
        {"organization_id": made.organization(who).id} if who[0] == "U" else {"user_id": made.person(who).id}
    )
    made.session.add(AgreementParty(agreement_id=deal.id, side="solver", position=2, **party))
