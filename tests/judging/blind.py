"""A round that is judged blind, in which every field that says whose a proposal is holds a canary."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.judging import rubric
from challenge.judging.models import Assignment
from challenge.rules.stages import Stage
from challenge.submissions import submitting
from challenge.submissions.models import Submission, TeamMember, Version
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    PanelJudgeFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.files import papers
from tests.judging.stories import Court, assigned
from tests.submissions.stories import ready, with_file

NONCES = re.compile(r'(name="csrf_token"[^>]*value=|"token":\s*|data-now=)"[^"]*"')
LEFT = re.compile(r"\b\d+ (days?|h|min|s)\b")  # how long it is still open goes on between two reads
CANARIES = {
    "owner's name": "Canaria Owner",
    "owner's address": "canary-owner",
    "owner's affiliation": "Canary University",
    "member's name": "Canaria Member",
    "member's address": "canary-member",
    "organization": "Canary Works Ltd",
    "organization in Chinese": "金丝雀公司",
    "team": "Team Canary",
    "file": "canary-proposal",
    "file's author": "canary-author",
    "seeker": "Canary Seekers Inc",
    "seeker in Chinese": "金丝雀需求方",
}


def blind_court(
    db: Session, *, entries: int = 1, accepted: bool = False, copies: bool = True, **of_phase: Any
) -> Court:
    """Proposals whose every identity field holds a canary, entered for an anonymous seeker's need.

    `copies`: those of their documents that judges read are made.
    """
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    seeker = OrganizationFactory(name=CANARIES["seeker in Chinese"], name_en=CANARIES["seeker"])
    requirement = RequirementFactory(round=round_, seeker=seeker, anonymous=True)
    works = OrganizationFactory(name=CANARIES["organization in Chinese"], name_en=CANARIES["organization"])
    made_entries = [_entry(db, requirement, works, number) for number in range(entries)]
    if copies:
        papers.derive_all(db)
    phase = rubric.ensure_phase(db, round_.id)
    phase.per_entry = 1
    for name, value in of_phase.items():
        setattr(phase, name, value)
    judge = UserFactory(email="judge@panel.cn")
    GrantFactory(user_id=judge.id, role="judge", scope="phase", scope_id=phase.id)
    seat = PanelJudgeFactory(phase_id=phase.id, user=judge, label="J1")
    organizer = organizer_of(round_.programme)
    made = Court(db, round_, requirement, phase, organizer, [seat], [judge], made_entries)
    made.close(Stage.SUBMISSION)
    assigned(made)
    if accepted:
        db.execute(sa.update(Assignment).values(state="accepted"))
        db.commit()
    return made


def _entry(db: Session, requirement: Any, works: Organization, number: int) -> Submission:
    at = f"{number or ''}@canary.cn"
    owner = UserFactory(
        name=CANARIES["owner's name"],
        email=CANARIES["owner's address"] + at,
        affiliation=CANARIES["owner's affiliation"],
    )
    member = UserFactory(name=CANARIES["member's name"], email=CANARIES["member's address"] + at)
    submission = ready(
        requirement=requirement,
        owner=owner,
        team=[member],
        team_name=CANARIES["team"],
        organization_id=works.id,
        quote=800_000_00,
    )
    with_file(submission, f"{CANARIES['file']}.pdf", papers.pdf(CANARIES["file's author"]))
    submitting.submit(db, actor_of(owner), submission.ref)
    return submission


def heard(text: str) -> list[str]:
    """Which canaries sing in a text."""
    return [what for what, canary in CANARIES.items() if canary.casefold() in text.casefold()]


def rename_all(made: Court) -> None:
    """The twin of a world: other people, another organization, other names of files; all else as it is."""
    db = made.db
    for number, entry in enumerate(made.entries):
        owner = db.get_one(User, entry.owner_id)
        owner.name, owner.email, owner.affiliation = (
            "Somebody",
            f"else{number}@elsewhere.example",
            "Elsewhere",
        )
        entry.team_name = "The Others"
        works = db.get_one(Organization, entry.organization_id or 0)
        works.name, works.name_en = "别处", "Other Works"
        members = sa.select(TeamMember).where(TeamMember.submission_id == entry.id)
        for place, member in enumerate(db.scalars(members)):
            member.name, member.email = f"Other {place}", f"m{number}{place}@elsewhere.example"
        mine = sa.select(Version).where(Version.submission_id == entry.id)
        (version,) = db.scalars(mine.options(sa.orm.undefer(Version.team)))
        version.team = {"name": "The Others", "organization": "Other Works", "members": []}
        version.manifest = [{**each, "name": "other-name.pdf"} for each in version.manifest]
    db.commit()


def without_chance(page: str) -> str:
    """A page without what differs each time for everybody."""
    return LEFT.sub("", NONCES.sub(r"\1?", page))
