"""A final on site: set up by the organizer, its running order drawn by lot in a way that anyone can redo."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base.ids import new_token
from challenge.judging import entries, rubric
from challenge.judging.models import Phase
from challenge.judging.on_site_models import OnSite, StageTurn
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rules import drawing
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.submissions.models import Submission

MOST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Setting:
    """How a final is held: minutes on stage, who leads it, whether everybody may open the big screen."""

    presentation_minutes: int = 8
    question_minutes: int = 5
    chair_email: str = ""
    screen_public: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A final on site while its row is locked: the gate, the phase, how it stands."""

    gate: gate.Gate
    phase: Phase
    site: OnSite

    def subject(self) -> Subject:
        """The facts for the permission table, with who leads it."""
        facts = subject_of(self.gate.round, self.phase, self.gate.now)
        return replace(facts, chair_id=self.site.chair_id)


def hold(session: Session, round_id: int, number: int | None) -> Held:
    """The final on site of a round, locked: two chairs take turns. Raises NotFound where there is none."""
    held = gate.hold(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    site = _locked(session, phase.id)
    if site is None:
        raise NotFound
    return Held(held, phase, site)


def hold_drawn(session: Session, actor: Actor, round_id: int, number: int | None) -> Held:
    """The same for whoever leads it; raises NotAllowed, and WrongState("draw_not_made") before the draw."""
    held = hold(session, round_id, number)
    require(actor, Action.STAGE_CHAIR, held.subject())
    if held.site.drawn_at is None:
        raise WrongState("draw_not_made")
    return held


def _locked(session: Session, phase_id: int) -> OnSite | None:
    query = sa.select(OnSite).where(OnSite.phase_id == phase_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def set_up(session: Session, actor: Actor, round_id: int, number: int | None, setting: Setting) -> OnSite:
    """Mark a final as held on site, or change how it is held. The same once more has no effect.

    Raises InvalidMany by field, WrongState("not_a_final").
    """
    held = gate.hold(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.ON_SITE_EDIT, subject_of(held.round, phase, held.now))
    if phase.kind != "final":
        raise WrongState("not_a_final")
    values = _checked(session, setting)
    site = _locked(session, phase.id)
    if site is None:
        site = OnSite(phase_id=phase.id, screen_key=new_token(), **values)
        session.add(site)
    elif all(getattr(site, name) == value for name, value in values.items()):
        return site
    else:
        for name, value in values.items():
            setattr(site, name, value)
        site.version += 1
    session.flush()
    _say(session, actor, held, "on_site.set_up", phase.id, **values)
    return site


def unset(session: Session, actor: Actor, round_id: int, number: int | None) -> None:
    """The final is not held on site after all. Raises WrongState("draw_published") once the seed is fixed."""
    held = gate.hold(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.ON_SITE_EDIT, subject_of(held.round, phase, held.now))
    site = _locked(session, phase.id)
    if site is None:
        return  # the same form once more
    if site.committed_at is not None:
        raise WrongState("draw_published")
    session.delete(site)
    session.flush()
    _say(session, actor, held, "on_site.unset", phase.id)


def renew_key(session: Session, actor: Actor, round_id: int, number: int | None, known: str) -> OnSite:
    """Another secret address of the big screen in place of the `known` one, which then leads nowhere."""
    held = hold(session, round_id, number)
    require(actor, Action.ON_SITE_EDIT, held.subject())
    if held.site.screen_key == known:
        held.site.screen_key = new_token()
        held.site.version += 1
        session.flush()
        _say(session, actor, held.gate, "on_site.key_renewed", held.phase.id)
    return held.site


def commit(session: Session, actor: Actor, round_id: int, number: int | None) -> str:
    """Make the seed, fix the entries, give the digest that is published from now on; once.

    Done already, it stays as it was. Raises WrongState("phase_not_begun", "nobody_to_draw").
    """
    held = hold(session, round_id, number)
    require(actor, Action.DRAW_MAKE, held.subject())
    site, phase = held.site, held.phase
    if site.seed_digest is not None:
        return site.seed_digest
    if not phase.begun:
        raise WrongState("phase_not_begun")
    standing = sa.select(Submission.id, Submission.code).where(entries.of_phase(phase))
    codes = {code: entry for entry, code in session.execute(standing)}
    if not codes:
        raise WrongState("nobody_to_draw")
    site.seed = secrets.token_hex(32)
    site.seed_digest = drawing.digest_of(site.seed)
    site.committed_at = held.gate.now
    site.version += 1
    held.gate.round.version += 1  # public pages link the draw
    session.add_all(StageTurn(phase_id=phase.id, submission_id=entry) for entry in codes.values())
    session.flush()
    told = {"digest": site.seed_digest, "codes": sorted(codes)}
    _say(session, actor, held.gate, "draw.published", phase.id, **told)
    return site.seed_digest


def draw(session: Session, actor: Actor, round_id: int, number: int | None, word: str = "") -> list[str]:
    """Make the seed public and put the entries into the order that follows from it and the word said aloud.

    Done once: raises WrongState("draw_made") after that, WrongState("draw_not_published") before the digest
    was published, Invalid("word").
    """
    held = hold(session, round_id, number)
    require(actor, Action.DRAW_MAKE, held.subject())
    site = held.site
    if site.seed is None:
        raise WrongState("draw_not_published")
    if site.drawn_at is not None:
        raise WrongState("draw_made", at=site.drawn_at)
    word = " ".join(word.split())
    if len(word) > drawing.LONGEST_WORD:
        raise Invalid("word", "too_long", length=len(word), most=drawing.LONGEST_WORD)
    turns = {code: turn for turn, code in session.execute(_turns(site.phase_id))}
    order = drawing.order(site.seed, word, turns)
    for position, code in enumerate(order, start=1):
        turns[code].position = position
    site.word, site.drawn_at = word, held.gate.now
    held.gate.round.version += 1
    site.version += 1
    session.flush()
    told = {"seed": site.seed, "digest": site.seed_digest, "word": word, "order": order}
    _say(session, actor, held.gate, "draw.made", site.phase_id, **told)
    return order


def _turns(phase_id: int) -> sa.Select[StageTurn, str]:
    query = sa.select(StageTurn, Submission.code).join(Submission, Submission.id == StageTurn.submission_id)
    return query.where(StageTurn.phase_id == phase_id)


def _checked(session: Session, setting: Setting) -> Mapping[str, Any]:
    faults = []
    for name, least in (("presentation_minutes", 1), ("question_minutes", 0)):
        if not least <= getattr(setting, name) <= MOST_MINUTES:
            faults.append(Invalid(name, "out_of_range", minimum=least, maximum=MOST_MINUTES))
    chair_id = None
    if setting.chair_email.strip():
        try:
            address = addresses.normal("chair_email", setting.chair_email)
        except Invalid as fault:
            faults.append(fault)
        else:
            known = sa.select(User.id).where(sa.func.lower(User.email) == address.lower(), User.active)
            chair_id = session.scalar(known)
            if chair_id is None:
                faults.append(Invalid("chair_email", "chair_unknown"))
    if faults:
        raise InvalidMany(faults)
    return {
        "presentation_seconds": 60 * setting.presentation_minutes,
        "question_seconds": 60 * setting.question_minutes,
        "chair_id": chair_id,
        "screen_public": setting.screen_public,
    }


def _say(
    session: Session, actor: Actor, held: gate.Gate, action: str, phase_id: int, **detail: object
) -> None:
    where = chain.round_chain(held.round.id)
    chain.record(session, actor, action, f"phase:{phase_id}", chain=where, at=held.now, **detail)
