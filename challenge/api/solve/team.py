"""The team behind an entry."""

from __future__ import annotations

from typing import Any

from challenge.api import paging
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.api.solve.room import enter
from challenge.api.solve.shapes import Member, NewMember
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action
from challenge.submissions import team as service
from challenge.submissions.queries import Shown


@gives_page(Member)
def team(ref: str) -> Data:
    """Who stands behind the entry."""
    return _listed(enter(ref, Action.SUBMISSION_READ))


@takes(NewMember)
@gives_page(Member)
def invite(person: Data, ref: str) -> Data:
    """Name a person for the team, who gets an invitation by mail."""
    enter(ref, Action.TEAM_MANAGE)
    named = (person["email"], person["name"].strip(), person.get("affiliation", "").strip())
    service.invite(db.session, actor(), ref, *named)
    return _listed(enter(ref, Action.SUBMISSION_READ))


@gives(None, 204)
def remove(ref: str, member_id: int) -> Any:
    """Take a person off the team."""
    enter(ref, Action.TEAM_MANAGE)
    service.remove(db.session, actor(), ref, member_id)
    return "", 204


def _listed(shown: Shown) -> Data:
    return paging.whole(
        [
            {
                "id": each.id,
                "name": each.name,
                "affiliation": each.affiliation,
                "email": each.email,
                "joined": each.user_id is not None,
            }
            for each in shown.material.members
        ]
    )
