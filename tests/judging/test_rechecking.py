"""A team that changes after its judges were assigned: new conflicts come up by themselves, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.flow.errands import drain
from challenge.judging import rechecking
from challenge.judging.models import Assignment
from challenge.rules.stages import Stage
from challenge.submissions import places, team
from challenge.submissions.models import TeamMember
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of
from tests.judging.stories import Court, court
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.submissions.stories import owner_of, saved


def a_court(db: Session) -> Court:
    """Judges are assigned while the team may still change."""
    made = court(db, judges=2, stage=Stage.SUBMISSION, state="invited")
    db.commit()
    return made


def joins(made: Court) -> None:
    """The judge's own colleague joins by a link."""
    works = OrganizationFactory()
    MembershipFactory(user_id=made.people[0].id, organization=works, representative=False)
    colleague = UserFactory()
    MembershipFactory(user_id=colleague.id, organization=works, representative=False)
    owner = actor_of(owner_of(made.entries[0]))
    token = places.offer(made.db, owner, made.entries[0].ref, "k")
    places.take(made.db, actor_of(colleague), token, "Colleague", "Works")


def is_named(made: Court) -> None:
    """The judge's own address is named."""
    owner = actor_of(owner_of(made.entries[0]))
    team.invite(made.db, owner, made.entries[0].ref, made.people[0].email, "A judge")


def enters_for_the_judge_s_organization(made: Court) -> None:
    """The draft is made on behalf of the organization that the judge belongs to."""
    works = OrganizationFactory()
    owner = owner_of(made.entries[0])
    MembershipFactory(user_id=made.people[0].id, organization=works, representative=False)
    MembershipFactory(user_id=owner.id, organization=works, representative=True)
    made.db.execute(sa.delete(Membership).where(Membership.user_id == owner.id))
    made.db.flush()
    MembershipFactory(user_id=owner.id, organization=works, representative=True)
    entry = made.entries[0]
    saved(made.db, actor_of(owner), entry, organization_id=works.id)


@pytest.mark.parametrize("change", [joins, is_named, enters_for_the_judge_s_organization])
def test_a_change_brings_the_conflict_up_with_what_to_do(
    db: Session, client: Visitor, mailbox: Mailbox, change: Callable[[Court], None]
) -> None:
    made = a_court(db)
    change(made)
    db.commit()
    drain()
    assert made.assignment(0).conflict is not None
    assert made.assignment(1).conflict is None
    assert len([each for each in mailbox.to(made.organizer.email) if "conflict" in each.subject]) == 1
    client.sign_in(made.organizer)
    control = client.get(f"/organize/rounds/{made.round.slug}").text
    assert "1 assigned judge has a conflict of interest now" in control
    one = client.get(f"/organize/rounds/{made.round.slug}/assignments/{made.assignment(0).ref}").text
    assert "A conflict came up after it was assigned" in one


def test_asked_again_it_is_told_once_and_when_it_goes_it_goes(db: Session, mailbox: Mailbox) -> None:
    made = a_court(db)
    is_named(made)
    db.commit()
    drain()
    assert rechecking.recheck(db, made.round.id, made.entries[0].id) == 0
    db.commit()
    named = db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id.desc())).first()
    team.remove(db, actor_of(owner_of(made.entries[0])), made.entries[0].ref, named or 0)
    db.commit()
    drain()
    assert made.assignment(0).conflict is None
    assert len([each for each in mailbox.to(made.organizer.email) if "conflict" in each.subject]) == 1
    actions = db.execute(
        sa.text("SELECT action FROM audit_entry WHERE subject LIKE 'assignment:%' ORDER BY seq")
    )
    assert list(actions.scalars()) == ["assignment.conflicted", "assignment.cleared"]


def test_who_left_the_panel_s_work_is_not_asked_about(db: Session) -> None:
    made = a_court(db)
    db.execute(sa.update(Assignment).values(state="declined", reason="No time"))
    is_named(made)
    db.commit()
    drain()
    assert made.assignment(0).conflict is None


def test_a_replaced_judge_is_no_open_matter_any_more(db: Session, client: Visitor) -> None:
    made = a_court(db)
    is_named(made)
    db.commit()
    drain()
    db.execute(
        sa.update(Assignment).where(Assignment.conflict.is_not(None)).values(state="replaced", reason="x")
    )
    client.sign_in(made.organizer)
    assert "has a conflict of interest now" not in client.get(f"/organize/rounds/{made.round.slug}").text
