"""The key of a sealed round: made by the launch, released by the close once, destroyed by a cancel before."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from challenge.audit import seals
from challenge.audit.seals import Wrapped
from challenge.rounds.key_models import RoundKey
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound, Refused

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Release:
    """What became of a key at the close: given out, or why not (a code)."""

    round_id: int
    fault: str | None = None


def make(session: Session, round_: Round, now: dt.datetime) -> None:
    """Give a sealed round its key; the public half stands in the round's own row. Twice is once."""
    if not round_.sealed or round_.seal_key is not None:
        return
    public, private = seals.new_pair()
    wrapped = seals.sealing_keys().wrap(private, _about(round_.id, public))
    round_.seal_key = public
    session.add(
        RoundKey(
            round_id=round_.id,
            public_key=public,
            wrapped=wrapped.text,
            wrapped_by=wrapped.by,
            created_at=now,
        )
    )
    session.flush()


def release(session: Session, round_ids: Sequence[int], now: dt.datetime) -> list[Release]:
    """Unwrap the keys of these rounds into their rows, in the caller's transaction (it holds their gates).

    A key that was released stays as it was. One that cannot be unwrapped keeps nobody else from closing.
    """
    waiting = sa.select(RoundKey).where(
        RoundKey.round_id.in_(round_ids), RoundKey.released_at.is_(None), RoundKey.destroyed_at.is_(None)
    )
    done = []
    for row in session.scalars(waiting.order_by(RoundKey.round_id)).all():
        try:
            wrapped = Wrapped(row.wrapped or "", row.wrapped_by)
            private = seals.sealing_keys().unwrap(wrapped, _about(row.round_id, row.public_key))
        except Refused as refusal:
            log.exception(
                "a round's key was not released", round=row.round_id, why=refusal.code, **refusal.params
            )
            done.append(Release(row.round_id, refusal.code))
            continue
        row.private_key, row.released_at = base64.b64encode(private).decode(), now
        done.append(Release(row.round_id))
    session.flush()
    return done


def destroy(session: Session, round_id: int, now: dt.datetime) -> bool:
    """Forget the key of a round that is cancelled before its release: what was sealed stays so for ever."""
    forget = (
        sa.update(RoundKey)
        .where(RoundKey.round_id == round_id, RoundKey.released_at.is_(None), RoundKey.wrapped.is_not(None))
        .values(wrapped=None, destroyed_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(forget).rowcount)  # type: ignore[attr-defined]


def key_of(session: Session, round_id: int) -> RoundKey:
    """The key's row; raises NotFound."""
    found = session.get(RoundKey, round_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def private_key(row: RoundKey) -> bytes | None:
    """The released key."""
    return base64.b64decode(row.private_key) if row.private_key is not None else None


def _about(round_id: int, public: str) -> dict[str, object]:
    return {"round": round_id, "public": public}
