"""The versions of a round's form. A version never changes, so that what was entered with it stays readable.

Before the window opens a new one simply follows. Afterwards drafts keep their answers, what would break one
is refused, more work needs a decision about the close, and those who have begun are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import extending
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rounds.models import Round
from challenge.rules import formspec
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.formchange import Change, changes, renumbered
from challenge.rules.formspec import Spec
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.submissions import asking, formfiles, forms, formuse
from challenge.submissions.forms import Bench
from challenge.submissions.models import FormDraft, SubmissionForm
from challenge.tasks import queue

NOTE = 1000
KEEP = "keep"  # the close stays where it is
MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Decision:
    """What an organizer says when a form changes under those who have begun.

    `note` is what they read. `close` is KEEP, or the new close of the window; None is no decision yet.
    """

    note: str = ""
    close: dt.datetime | str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The bench as it would come into force: its consents numbered, what changes, and what is against it."""

    bench: Bench
    spec: Spec
    faults: list[Invalid]
    begun: int

    @property
    def digest(self) -> str:
        """What names this very form."""
        return formfiles.digest(self.spec)

    @property
    def changes(self) -> list[Change]:
        """What differs from the form in force."""
        return changes(self.bench.form.spec, self.spec)

    @property
    def undecided(self) -> bool:
        """Whether somebody would have more to do, so that the organizer decides about the close."""
        return bool(self.begun) and any(change.more for change in self.changes)


def plan(session: Session, round_: Round, now: dt.datetime) -> Plan:
    """What putting the bench in force would mean now; the round's windows are loaded."""
    bench = forms.bench(session, round_, now)
    faults = formfiles.faults_of(bench.spec)
    if not bench.opened:  # nobody has accepted any terms yet
        return Plan(bench, bench.spec, faults, 0)
    earlier = _earlier(session, round_)
    spec = renumbered(bench.spec, earlier)
    faults = faults or formuse.refusals(session, round_, spec, earlier)
    return Plan(bench, spec, faults, formuse.begun(session, round_.id))


def _earlier(session: Session, round_: Round) -> list[Spec]:
    """Every form that the round had, the newest first; the usual one was its first."""
    own = [asking.stored(each).spec for each in versions(session, round_.id)]
    return [*own, asking.usual(forms.with_requirements(round_)).spec]


def put_in_force(
    session: Session, actor: Actor, round_id: int, digest: str, said: Decision
) -> SubmissionForm | None:
    """Make the bench the round's form, in a version of its own; sent twice it is one version.

    `digest` names the plan that was looked over: another one now raises `WrongState("form_moved_on")`. Raises
    `InvalidMany` with every fault at its place, `Invalid` at `note` or `close` where a word is missing. None
    where there is nothing new.
    """
    if isinstance(said.close, dt.datetime):
        _check_note(said, needed=True)
        extending.extend(session, actor, round_id, Stage.SUBMISSION, said.close, said.note, move_later=True)
    gate = gates.hold(session, round_id, exclusive=True)
    require(actor, Action.FORM_EDIT, rounds.subject_of(gate.round, gate.now))
    newest = next(iter(versions(session, round_id, limit=1)), None)
    if newest is not None and newest.digest == digest:
        return newest
    planned = plan(session, gate.round, gate.now)
    if not planned.bench.changed:
        return None
    if planned.digest != digest:
        raise WrongState("form_moved_on")
    if planned.faults:
        raise InvalidMany(planned.faults)
    _check_note(said, needed=planned.bench.opened)
    if planned.undecided and said.close is None:
        raise Invalid("close", "form_close_undecided", count=planned.begun)
    return _enact(session, actor, gate, planned, said)


def _check_note(said: Decision, *, needed: bool) -> None:
    """Those who have begun read what changed in the organizer's words."""
    if needed and not said.note.strip():
        raise Invalid("note", "form_note_needed")
    if len(said.note) > NOTE:
        raise Invalid("note", "too_long", most=NOTE, length=len(said.note))


def _enact(session: Session, actor: Actor, gate: Gate, planned: Plan, said: Decision) -> SubmissionForm:
    """The version, the empty bench, the event and the record."""
    round_id, number = gate.round.id, planned.bench.form.version + 1
    version = SubmissionForm(
        round_id=round_id,
        version=number,
        spec=formspec.write(planned.spec),
        digest=planned.digest,
        note=said.note.strip(),
        author_id=actor.user_id,
        created_at=gate.now,
    )
    session.add(version)
    session.execute(sa.delete(FormDraft).where(FormDraft.round_id == round_id))
    gate.round.version += 1
    session.flush()
    subject, where = f"round:{round_id}", chain.round_chain(round_id)
    close = chain.instant_text(said.close) if isinstance(said.close, dt.datetime) else said.close
    about = {"round_id": round_id, "form_version": number}
    if planned.bench.opened:
        queue.announce(session, "form.changed", subject, mark=number, at=gate.now, **about)
    detail = {"version": number, "digest": version.digest, "begun": planned.begun, "close": close}
    chain.record(session, actor, "form.changed", subject, chain=where, at=gate.now, **detail)
    return version


def versions(session: Session, round_id: int, limit: int = MOST_VERSIONS) -> Sequence[SubmissionForm]:
    """The versions of the round's own form, the newest first."""
    query = sa.select(SubmissionForm).where(SubmissionForm.round_id == round_id)
    return session.scalars(query.order_by(SubmissionForm.version.desc()).limit(limit)).all()


def keys_used(session: Session, round_: Round) -> set[str]:
    """The keys that any of its forms had: answers under them may lie in drafts."""
    return {field.key for spec in _earlier(session, round_) for field in spec}


def change_of(session: Session, round_id: int, number: int) -> tuple[SubmissionForm, list[Change]]:
    """A version, and what it changed against the one before (the usual form before the first)."""
    new = forms.version(session, round_id, number)
    spec = asking.stored(new).spec
    before = asking.of_round(session, round_id, spec.get("indicators") is not None, number - 1).spec
    return new, changes(before, spec)
