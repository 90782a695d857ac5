"""Who would be sent what, and who is left out for which reason: the preview and the sending ask the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.distribution.models import Dispatch, Posting, Recipient
from challenge.distribution.recipients import batches
from challenge.requirements.models import Requirement
from challenge.rules.distribution import MONTH, WEEK, Known, Reachable, why_not, why_not_this
from challenge.supply.models import Expert


@dataclass(frozen=True, slots=True)
class Message:
    """One message: to whom, through what, with which requirements."""

    recipient_id: int
    channel: str
    requirement_ids: tuple[int, ...]


@dataclass(slots=True)
class Plan:
    """What would go out, and how many are left out for which reason."""

    messages: list[Message] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        """How many recipients get something."""
        return len({each.recipient_id for each in self.messages})


def plan(
    session: Session,
    requirements: Sequence[Requirement],
    recipient_ids: Sequence[int],
    channels: Sequence[str],
    now: dt.datetime,
    *,
    again: bool = False,
) -> Plan:
    """The messages of a sending: a recipient gets, through each channel, what did not go to them before.

    Locks the recipients' rows: whoever sends to the same people at the same time counts what this one sent.
    """
    made = Plan()
    wanted = [each.id for each in requirements]
    owners = own_people(session, requirements)
    for part in batches(sorted(set(recipient_ids))):
        reachable = _reachable(session, part, now, owners)
        known = _known(session, part, wanted)
        for recipient_id in part:
            for channel in channels:
                _decide(made, reachable[recipient_id], channel, wanted, known, now, again=again)
    return made


def _decide(
    made: Plan,
    recipient: Reachable,
    channel: str,
    wanted: Sequence[int],
    known: Mapping[tuple[int, int, str], Known],
    now: dt.datetime,
    *,
    again: bool,
) -> None:
    reasons = [why_not_this(known.get((each, recipient.id, channel)), now, again=again) for each in wanted]
    if set(reasons) == {"not_silent"}:
        return  # whoever was never asked this way, or has answered, is not asked again: no news
    reason = why_not(recipient, channel)
    going = tuple(each for each, no in zip(wanted, reasons, strict=True) if no is None)
    if reason is None and going:
        made.messages.append(Message(recipient.id, channel, going))
    else:
        made.left_out[str(reason or reasons[0])] += 1


def own_people(session: Session, requirements: Sequence[Requirement]) -> frozenset[int]:
    """Ids of the seekers' own people: nobody is asked to solve their own need."""
    seekers = {each.seeker_id for each in requirements}
    query = sa.select(Membership.user_id).where(Membership.organization_id.in_(seekers))
    return frozenset(session.scalars(query))


def _reachable(
    session: Session, ids: Sequence[int], now: dt.datetime, owners: frozenset[int]
) -> dict[int, Reachable]:
    locked = sa.select(Recipient).where(Recipient.id.in_(ids)).order_by(Recipient.id).with_for_update()
    rows = session.scalars(locked.execution_options(populate_existing=True)).all()
    lately = (
        sa.select(
            Posting.recipient_id,
            sa.func.count(Posting.sending_id.distinct()),
            sa.func.count(Posting.sending_id.distinct()).filter(Posting.created_at > now - WEEK),
        )
        .where(Posting.recipient_id.in_(ids), Posting.created_at > now - MONTH, Posting.held.is_(None))
        .group_by(Posting.recipient_id)
    )
    counts = {row[0]: (row[1], row[2]) for row in session.execute(lately)}
    agreed = _agreed(session, [row.user_id for row in rows if row.user_id is not None])
    return {
        row.id: Reachable(
            id=row.id,
            most=row.most,
            lately=counts.get(row.id, (0, 0))[0],
            this_week=counts.get(row.id, (0, 0))[1],
            weekly=agreed.get(row.user_id or 0),
            unsubscribed=row.unsubscribed_at is not None,
            failed=row.failed_at is not None,
            account=row.user_id is not None,
            elsewhere=frozenset(row.elsewhere),
            own=row.user_id in owners,
        )
        for row in rows
    }


def _agreed(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    """Person -> how many letters a week, where they agreed to some as experts."""
    query = sa.select(Expert.user_id, Expert.weekly_letters).where(
        Expert.user_id.in_(user_ids), Expert.mailed
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _known(
    session: Session, ids: Sequence[int], requirement_ids: Sequence[int]
) -> dict[tuple[int, int, str], Known]:
    query = sa.select(
        *(Dispatch.requirement_id, Dispatch.recipient_id, Dispatch.channel),
        *(Dispatch.state, Dispatch.attempts, Dispatch.sent_at),
    ).where(Dispatch.recipient_id.in_(ids), Dispatch.requirement_id.in_(requirement_ids))
    return {(row[0], row[1], row[2]): Known(*row[3:]) for row in session.execute(query)}
