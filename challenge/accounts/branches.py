"""The tree of organizations: what lies below and above one, who manages it, and where one is put."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import Organization, RoleGrant
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, is_sqlite
from challenge.rules import branches
from challenge.rules.branches import Branch
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue

TREE_LOCK = 7303  # one line for all who place organizations
# How deep a tree is followed at most where its level is counted: one in a ring ends here.
DEEPEST = branches.MOST_LEVELS * 2


def below(roots: sa.Select[Any]) -> sa.CTE:
    """The ids that `roots` selects and all below them, as a table with the column `id`; rings end."""
    found = roots.with_only_columns(_number(roots)).cte("below", recursive=True)
    return found.union(sa.select(Organization.id).join(found, Organization.parent_id == found.c.id))


def _number(selected: sa.Select[Any]) -> sa.Label[int]:
    # A grant's scope is an integer, an organization's number a big one: a recursion wants one type.
    return sa.cast(selected.selected_columns[0], sa.BigInteger).label("id")


def above(start: sa.Select[Any]) -> sa.CTE:
    """The same upwards: what `start` selects and all that it is a branch of."""
    found = start.with_only_columns(_number(start)).cte("above", recursive=True)
    child = aliased(Organization)
    upwards = sa.select(child.parent_id).join(found, child.id == found.c.id)
    return found.union(upwards.where(child.parent_id.is_not(None)))


def tree(session: Session, roots: Iterable[int]) -> list[Branch]:
    """These organizations with everything below them, in the order of a table; one statement.

    A root that lies below another one is shown there.
    """
    ids = list(roots)
    if not ids:
        return []
    columns = (
        *(Organization.id, Organization.ref, Organization.name, Organization.name_en),
        *(Organization.region, Organization.parent_id),
    )
    start = sa.select(Organization.id, sa.literal(0).label("level")).where(Organization.id.in_(ids))
    found = start.cte("tree", recursive=True)
    step = sa.select(Organization.id, found.c.level + 1).join(found, Organization.parent_id == found.c.id)
    found = found.union(step.where(found.c.level < DEEPEST))
    level = sa.func.max(found.c.level)
    query = sa.select(*columns, level).join(found, found.c.id == Organization.id).group_by(*columns)
    return branches.ordered(Branch(*row) for row in session.execute(query))


def forest(session: Session) -> list[Branch]:
    """Every organization that has branches or is one, in the order of a table; one statement."""
    child = aliased(Organization)
    columns = (Organization.id, Organization.ref, Organization.name, Organization.name_en)
    placed = sa.or_(
        Organization.parent_id.is_not(None), sa.exists().where(child.parent_id == Organization.id)
    )
    rows = session.execute(sa.select(*columns, Organization.region, Organization.parent_id).where(placed))
    known = {row.id: row for row in rows}

    def level(key: int, walked: int = 0) -> int:
        parent = known[key].parent_id
        return walked if parent not in known or walked == DEEPEST else level(parent, walked + 1)

    return branches.ordered(Branch(*row, level(row.id)) for row in known.values())


def branches_of(session: Session, host_id: int) -> list[Branch]:
    """What lies below an organization, without itself; one statement."""
    return [each for each in tree(session, [host_id]) if each.id != host_id]


def lineage(session: Session, organization_id: int) -> list[int]:
    """An organization and what it is a branch of, upwards; one statement."""
    start = sa.select(Organization.id, Organization.parent_id, sa.literal(0).label("level"))
    found = start.where(Organization.id == organization_id).cte("lineage", recursive=True)
    parent = aliased(Organization)
    step = sa.select(parent.id, parent.parent_id, found.c.level + 1).join(
        found, parent.id == found.c.parent_id
    )
    found = found.union(step.where(found.c.level < DEEPEST))
    return list(session.scalars(sa.select(found.c.id).order_by(found.c.level)))


def roots_of(session: Session, actor: Actor) -> list[int]:
    """Where the trees begin that this person manages; for an administrator all. One statement at most."""
    if actor.admin:
        has_branch = aliased(Organization)
        top = sa.select(Organization.id).where(
            Organization.parent_id.is_(None), sa.exists().where(has_branch.parent_id == Organization.id)
        )
        return list(session.scalars(top.order_by(Organization.name, Organization.id)))
    return [grant.scope_id for grant in actor.grants if grant.role == "manager"]


def organizing(programme_id: int | None, host_id: int | None) -> sa.Select[Any]:
    """Ids of the people who run a programme: its organizers, its host's, and managers from there upwards."""
    upwards = above(sa.select(Organization.id).where(Organization.id == host_id))
    of_programme = sa.and_(RoleGrant.scope == "programme", RoleGrant.scope_id == programme_id)
    of_host = sa.and_(RoleGrant.scope == "organization", RoleGrant.scope_id == host_id)
    managing = sa.and_(RoleGrant.scope == "organization", RoleGrant.scope_id.in_(sa.select(upwards.c.id)))
    return sa.select(RoleGrant.user_id).where(
        sa.or_(
            sa.and_(RoleGrant.role == "organizer", sa.or_(of_programme, of_host)),
            sa.and_(RoleGrant.role == "manager", managing),
        )
    )


def place(session: Session, actor: Actor, organization: Organization, parent: Organization | None) -> None:
    """Make an organization a branch of another, or of none: that one's managers reach it from now on.

    Raises `Invalid("parent", "branch_ring" | "branch_too_deep")`. Said twice it is done once.
    """
    require(actor, Action.ORGANIZATION_PLACE, Subject(kind="organization", host_id=organization.id))
    begin_write(session)
    if not is_sqlite(session):  # two at once could make a ring; SQLite's one write lock is held already
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:space, 0)"), {"space": TREE_LOCK})
    session.refresh(organization, ["parent_id"])
    before = organization.parent_id
    after = None if parent is None else parent.id
    if before == after:
        return
    if parent is not None:
        _check(session, organization, parent)
    organization.parent_id = after
    session.flush()
    now = clock.now(session)
    about = f"organization:{organization.id}"
    # Judges of one tree are tied to each other: conflicts are looked for anew.
    queue.announce(session, "organization.renamed", about, mark=f"{now.isoformat()}/placed", at=now)
    chain.record(session, actor, "organization.placed", about, before=before, after=after)


def _check(session: Session, organization: Organization, parent: Organization) -> None:
    upwards = lineage(session, parent.id)
    if organization.id in upwards:
        raise Invalid("parent", "branch_ring")
    depth = max(each.level for each in tree(session, [organization.id]))
    if len(upwards) + depth + 1 > branches.MOST_LEVELS:
        raise Invalid("parent", "branch_too_deep", most=branches.MOST_LEVELS)
