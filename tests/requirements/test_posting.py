"""Who posts for whom, and who may decide on it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import services
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotAllowed
from challenge.rules.stages import Stage
from tests.factories import OrganizationFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.requirements.needs import need, open_call


def test_an_organizer_posts_the_one_problem_of_a_round_for_a_seeker(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    organizer = actor_of(organizer_of(round_.programme))
    seeker = OrganizationFactory()
    posted = services.create(db, organizer, round_.id, seeker.id, need())
    services.submit(db, organizer, posted.ref)
    services.publish(db, organizer, posted.ref)
    assert (posted.state, posted.seeker_id) == ("published", seeker.id)


def test_an_organizer_touches_no_draft_of_somebody_else(db: Session) -> None:
    call = open_call()
    draft = call.requirement(author_id=call.representative.id)
    with pytest.raises(NotAllowed):
        services.edit(db, call.as_organizer, draft.ref, need())


def test_an_organizer_from_the_seeker_does_not_screen_it(db: Session) -> None:
    call = open_call()
    both = UserFactory(represents=[call.seeker], organizes=[call.round.programme])
    waiting = call.requirement(state="submitted")
    with pytest.raises(NotAllowed):
        services.publish(db, actor_of(both), waiting.ref)
    services.publish(db, call.as_organizer, waiting.ref)


def test_a_host_that_posts_its_own_problem_screens_it(db: Session) -> None:
    call = open_call()
    host = call.round.programme.host
    both = UserFactory(represents=[host], organizes=[call.round.programme])
    waiting = call.requirement(state="submitted", seeker=host)
    assert services.publish(db, actor_of(both), waiting.ref).state == "published"


def test_nobody_posts_for_an_organization_that_is_not_theirs(db: Session) -> None:
    call = open_call()
    with pytest.raises(NotAllowed):
        services.create(db, call.as_seeker, call.round.id, OrganizationFactory().id)
    assert db.scalar(sa.select(sa.func.count()).select_from(Requirement)) == 0
