"""What a storm left behind: what everyone was told, held against what the database holds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.rows import Row
from bench.witnesses import BACK_SECONDS, SETTLED_SECONDS, Sight, Told
from challenge.audit import chain, statements
from challenge.audit.keys import keyring
from challenge.audit.models import AuditEntry
from challenge.base.clock import db_now
from challenge.base.db import fresh_session
from challenge.flow import errands
from challenge.flow.handlers import HEAVY
from challenge.messages.models import Letter
from challenge.rounds.models import RoundWindow
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.tasks.models import Task

CLOSED = "round.submission_closed"
SUBMITTED = "submission.submitted"
LATE = "submission.refused_late"


@dataclass(frozen=True, slots=True)
class Killed:
    """What was killed, and when."""

    at: float
    what: str


def finish_work() -> None:
    """Do what is left, as a `flask work` would once the leases of the killed ones have run out.

    But for what engines make: a thousand papers and pictures of pages take minutes and tell nothing here.
    """
    with fresh_session() as session:
        ran_out = sa.update(Task).where(Task.state == "leased").values(lease_until=Task.run_at)
        session.execute(ran_out)
    while errands.work_once(50, but=HEAVY):
        pass


def slowest(kills: Sequence[Killed], sights: Sequence[Sight]) -> list[tuple[float, Killed]]:
    """After each kill the seconds until its service was done again (infinite if never), the most first."""
    return sorted(((_back(kill, sights), kill) for kill in kills), key=lambda each: -each[0])


def _back(kill: Killed, sights: Sequence[Sight]) -> float:
    what, since = ("work", kill.at) if kill.what == "work" else ("pages", kill.at + SETTLED_SECONDS)
    ends = [sight.ended for sight in sights if sight.what == what and sight.began > since]
    return min(ends, default=float("inf")) - kill.at


class Aftermath:
    """Everything that is asked of the database, read once."""

    def __init__(self, told: Sequence[Told]) -> None:
        finish_work()
        self.told = told
        with fresh_session() as session:
            self.versions: dict[str, list[Version]] = {}
            made = sa.select(Submission.ref, Version).join(Version, Version.submission_id == Submission.id)
            for ref, version in session.execute(made):
                self.versions.setdefault(ref, []).append(version)
            mine = sa.and_(RoundWindow.round_id == Submission.round_id, RoundWindow.stage == "submission")
            closes = sa.select(Submission.ref, RoundWindow.closes_at).join(RoundWindow, mine)
            self.closes: dict[str, dt.datetime] = dict(session.execute(closes).all())
            self.refusals = list(session.scalars(sa.select(LateArrival.refusal)))
            self.faults = chain.verify(session)[1]
            self.actions = _counts(session, AuditEntry.subject, AuditEntry.action)
            self.events = Counter(
                "/".join(key.split("/")[1:3])
                for key in session.scalars(sa.select(Task.key).where(Task.kind == "event"))
            )
            self.letters = _counts(session, Letter.recipient, Letter.template)
            left = sa.select(sa.func.count(Task.id)).where(
                Task.state != "done", Task.kind.not_in(HEAVY), Task.run_at <= db_now()
            )
            self.undone = session.scalar(left) or 0
            closed = sa.select(RoundWindow.round_id).where(
                RoundWindow.stage == "submission", RoundWindow.closed_at.is_not(None)
            )
            self.closed = [f"round:{each}" for each in session.scalars(closed)]

    @property
    def acknowledged(self) -> list[Told]:
        """Who was led to a receipt."""
        return [each for each in self.told if each.receipt is not None]

    def lost(self) -> int:
        """Acknowledged, and the version is not there."""
        numbers = {ref: {version.number for version in made} for ref, made in self.versions.items()}
        return sum(each.receipt not in numbers.get(each.solver.ref, ()) for each in self.acknowledged)

    def late(self) -> int:
        """Versions stamped at or after their close, and receipts for what was pressed after it."""
        entered = [(self.closes[ref], each) for ref, made in self.versions.items() for each in made]
        stamped = sum(version.submitted_at >= close for close, version in entered)
        pressed = sum(each.first >= self.closes[each.solver.ref].timestamp() for each in self.acknowledged)
        return stamped + pressed

    def unclear(self) -> list[Told]:
        """Answers that were neither a receipt nor a signed refusal, and refusals of what is entered."""
        return [
            each
            for each in self.told
            if each.receipt is None and (each.refusal is None or each.solver.ref in self.versions)
        ]

    def closed_once(self) -> int:
        """Rounds whose close stands in its row, with one audit entry and one event."""
        return sum(
            self.actions[subject, CLOSED] == 1 and self.events[f"{CLOSED}/{subject}"] == 1
            for subject in self.closed
        )

    def doubled(self) -> int:
        """Submissions with two versions, two audit entries or two events; letters that were written twice."""
        versions = sum(len(made) - 1 for made in self.versions.values())
        once = [number for (_, action), number in self.actions.items() if action in (SUBMITTED, LATE)]
        events = [number for name, number in self.events.items() if name.startswith(SUBMITTED)]
        return versions + sum(number - 1 for number in [*once, *events, *self.letters.values()])

    def missing(self) -> int:
        """Letters that somebody ought to have and has not, and work that is not done."""
        # With each receipt and each refusal a letter, and at the close everyone hears how it stands.
        wanted = len(self.versions) + len(self.refusals) + len(self.closes)
        return wanted - sum(self.letters.values()) + self.undone

    def unproved(self) -> int:
        """Receipts and refusals whose signature does not hold."""
        papers = [version.receipt for made in self.versions.values() for version in made] + self.refusals
        verdicts = (statements.examine(keyring(), statements.canonical(paper)).verdict for paper in papers)
        return sum(verdict is not statements.Verdict.VALID for verdict in verdicts)


def _counts(session: Session, *columns: Any) -> Counter[tuple[str, str]]:
    rows = session.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
    return Counter({(one, other): number for one, other, number in rows})


def rows(
    job: str, rounds: int, told: Sequence[Told], killed: Sequence[Killed], sights: Sequence[Sight]
) -> list[Row]:
    """The figures of a storm of kills; the context is the application's, and nothing serves any more."""
    left = Aftermath(told)
    back = max((seconds for seconds, _ in slowest(killed, sights)), default=0.0)
    said = len(left.acknowledged)
    for each in left.unclear():
        print(f"no answer to {each.solver.ref}: {each.status} at the {each.tries}. try", flush=True)
    return [
        Row(f"{job}: SIGKILLs", len(killed), "kills", int(job.split()[1]), "eq"),
        Row(f"{job}: acknowledged", said, "submits", 1, "ge"),
        Row(f"{job}: acknowledged submits lost", left.lost(), f"of {said}", 0, "eq"),
        Row(f"{job}: late accepted", left.late(), "submits", 0, "eq"),
        Row(f"{job}: answers that were no answer", len(left.unclear()), f"of {len(told)}", 0, "eq"),
        Row(f"{job}: rounds closed once", left.closed_once(), "rounds", rounds, "eq"),
        Row(f"{job}: effects that happened twice", left.doubled(), "effects", 0, "eq"),
        Row(f"{job}: effects that are missing", left.missing(), "effects", 0, "eq"),
        Row(f"{job}: signatures that do not hold", left.unproved(), "papers", 0, "eq"),
        Row(f"{job}: audit faults", len(left.faults), "faults", 0, "eq"),
        Row(f"{job}: service back after the slowest", round(back, 2), "s", BACK_SECONDS),
    ]
