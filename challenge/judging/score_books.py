"""Paper scores as workbooks: asked for, taken in, and each right row locked as its judge's card.

What came in is checked as it stands when `flask work` takes it up, in one transaction: all of it or nothing,
or the right rows alone where the organizer asked for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.sniffing import ALLOWED
from challenge.judging import conflicts, entries, rubric, scorecards, scoring, standing
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.on_site_models import OnSite, ScoreBook, StageTurn
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rules import paper_scores as rules
from challenge.rules import scoring as scales
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.lifecycles import UNLOCKED
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.workbooks import Fault, cell
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Work

_, TYPE = ALLOWED["xlsx"]
MOST_BYTES = 1024 * 1024
SHOWN = 10  # the newest of them stand on the organizer's page
KEPT_FAULTS = 200
Pair = tuple[str, str]  # code of the entry, label of the judge


def ask(session: Session, actor: Actor, round_id: int, number: int | None, locale: str) -> ScoreBook:
    """Have a template made of all cards that may still be entered; asked twice while it comes, it is one."""
    held, phase = _held(session, actor, round_id, number)
    coming = sa.select(ScoreBook).where(
        ScoreBook.phase_id == phase.id, ScoreBook.kind == "template", ScoreBook.state == "coming"
    )
    there = session.scalars(coming).first()
    if there is not None:
        return there
    return _put(session, actor, held, phase, ScoreBook(kind="template", locale=locale))


def take(
    session: Session,
    actor: Actor,
    round_id: int,
    number: int | None,
    kept: Kept,
    locale: str,
    *,
    only_valid: bool,
) -> ScoreBook:
    """Keep a filled workbook for `flask work`; the same bytes while they wait are one."""
    held, phase = _held(session, actor, round_id, number)
    waiting = sa.select(ScoreBook).where(
        ScoreBook.phase_id == phase.id, ScoreBook.state == "coming", ScoreBook.sha256 == kept.sha256
    )
    there = session.scalars(waiting).first()
    if there is not None:
        return there
    files.store(session, [kept], held.now)
    facts = {"sha256": kept.sha256, "size": kept.size, "only_valid": only_valid}
    return _put(session, actor, held, phase, ScoreBook(kind="scores", locale=locale, **facts))


def newest(session: Session, phase_id: int) -> list[ScoreBook]:
    """The last workbooks of a phase, newest first (one statement)."""
    query = sa.select(ScoreBook).where(ScoreBook.phase_id == phase_id).order_by(ScoreBook.id.desc())
    return list(session.scalars(query.limit(SHOWN).execution_options(populate_existing=True)))


def find(session: Session, phase_id: int, ref: str) -> ScoreBook:
    """A finished template of this very phase; raises NotFound."""
    query = sa.select(ScoreBook).where(ScoreBook.phase_id == phase_id, ScoreBook.ref == ref)
    book = session.scalar(query.where(ScoreBook.kind == "template", ScoreBook.state == "done"))
    if book is None:
        raise NotFound
    return book


def waiting(session: Session, book_id: int) -> ScoreBook | None:
    """The workbook that a row of work is about; None where it is done already."""
    query = sa.select(ScoreBook).where(ScoreBook.id == book_id, ScoreBook.state == "coming")
    return session.scalar(query)


def cells(session: Session, phase: Phase) -> list[list[str]]:
    """The rows of a template: code, title, judge, name, in the running order (four statements)."""
    known = cards_of(session, phase)
    query = (
        sa.select(Submission.code, Submission.title, PanelJudge.label, sa.func.coalesce(User.name, ""))
        .select_from(Assignment)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(StageTurn, _turn())
        .where(Assignment.phase_id == phase.id, Assignment.state.in_(UNLOCKED))
        .order_by(PanelJudge.id, StageTurn.position, Submission.code)
    )
    rows = [[code, title, label, name] for code, title, label, name in session.execute(query)]
    return [row for row in rows if known[1].get((row[0], row[2])) in ("", "not_on_stage")]


def done(session: Session, book: ScoreBook, sha256: str, size: int, at: dt.datetime) -> None:
    """The template is made."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    book.state, book.sha256, book.size, book.done_at = "done", sha256, size, at
    session.flush()


def enter(session: Session, book: ScoreBook, rows: Sequence[rules.Row] | str) -> ScoreBook:
    """Lock the cards of a filled workbook, or refuse it with every fault by its cell.

    Instead of rows: why it could not be read at all. The permission of whoever brought it is asked anew;
    raises NotAllowed.
    """
    phase = session.get_one(Phase, book.phase_id)
    held = gate.hold(session, phase.round_id)
    phase = rubric.phase_or_404(session, held.round.id, phase.number)
    author = session.get(User, book.author_id) if book.author_id is not None else None
    actor = grants.actor_of(session, author) if author is not None else Actor()
    require(actor, Action.PAPER_ENTER, subject_of(held.round, phase, held.now))
    refs, known = _taken(session, phase)
    if isinstance(rows, str):
        checked = rules.Checked(faults=(Fault("A1", rows),), readable=False)
    else:
        checked = rules.check(rows, known)
    refused = not checked.readable or (bool(checked.faults) and not book.only_valid) or not checked.cards
    if refused and not checked.faults:
        checked = rules.Checked(faults=(Fault(cell(0, rules.FIRST_ROW - 1), "nothing_filled_in"),))
    entered = [] if refused else _lock(session, actor, held, phase, checked.cards, refs)
    book.faults = [fault.to_json() for fault in checked.faults[:KEPT_FAULTS]]
    book.entered, book.done_at = len(entered), held.now
    book.state = "refused" if refused else "done"
    session.flush()
    _record(session, actor, held, phase, book, entered)
    return book


def _taken(session: Session, phase: Phase) -> tuple[dict[Pair, tuple[str, int]], rules.Known]:
    """Which cards there are, and what is held against; nobody saves or locks before it is written."""
    scorecards.take(session, Assignment.phase_id == phase.id)
    refs, cards = cards_of(session, phase)
    codes, judges = frozenset(code for code, _ in cards), frozenset(judge for _, judge in cards)
    return refs, rules.Known(scales_of(phase), codes, judges, cards)


def bring(
    session: Session, actor: Actor, round_id: int, number: int | None, rows: Sequence[rules.Row]
) -> tuple[rules.Checked, dict[Pair, tuple[str, int]]]:
    """Lock the right cards of rows that came without a workbook, as a workbook has them; tell the others."""
    held = gate.hold(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.PAPER_ENTER, subject_of(held.round, phase, held.now))
    refs, known = _taken(session, phase)
    checked = rules.check(rows, known)
    if checked.cards:
        chain.record_many(session, _lock(session, actor, held, phase, checked.cards, refs), at=held.now)
    return checked, refs


def refuse(session: Session, book: ScoreBook, code: str) -> None:
    """Nothing of it can be entered any more."""
    book.state, book.faults, book.done_at = "refused", [Fault("A1", code).to_json()], clock.now(session)
    session.flush()


def scales_of(phase: Phase) -> list[scales.Criterion]:
    """The criteria that judges score."""
    return rubric.scales_of([each for each in phase.criteria if not each.carried])


def _lock(
    session: Session,
    actor: Actor,
    held: gate.Gate,
    phase: Phase,
    cards: Sequence[rules.Card],
    refs: Mapping[Pair, tuple[str, int]],
) -> list[chain.Entry]:
    recorded = []
    for card in cards:
        ref, assignment_id = refs[card.code, card.judge]
        scores = {int(criterion): text for criterion, text in card.scores.items()}
        saved = scoring.lock_from_paper(session, actor, held, ref, scores)
        told = {"entry": card.code, "judge": card.judge, "row": card.row, "total": str(saved.total)}
        where = chain.round_chain(held.round.id)
        recorded.append(
            chain.Entry(where, actor, "scorecard.from_paper", f"assignment:{assignment_id}", told)
        )
    codes = {card.code for card in cards}
    found = sa.select(Submission.id).where(entries.of_phase(phase), Submission.code.in_(codes))
    for submission_id in session.scalars(found).all():
        standing.recompute(session, phase.id, submission_id)
    return recorded


def _record(
    session: Session,
    actor: Actor,
    held: gate.Gate,
    phase: Phase,
    book: ScoreBook,
    entered: Sequence[chain.Entry],
) -> None:
    action = "paper.refused" if book.state == "refused" else "paper.imported"
    told = {"book": book.ref, "sha256": book.sha256, "cards": book.entered, "faults": len(book.faults)}
    where = chain.round_chain(held.round.id)
    whole = chain.Entry(where, actor, action, f"phase:{phase.id}", told)
    chain.record_many(session, [*entered, whole], at=held.now)


def cards_of(session: Session, phase: Phase) -> tuple[dict[Pair, tuple[str, int]], dict[Pair, str]]:
    """(code, judge) -> (assignment's ref and number), and -> why no paper comes for it, '' where one may."""
    site = sa.exists().where(OnSite.phase_id == phase.id)
    turn = sa.and_(StageTurn.phase_id == phase.id, StageTurn.submission_id == Submission.id)
    query = (
        sa.select(
            Submission.id,
            Submission.code,
            PanelJudge.id,
            PanelJudge.label,
            Assignment.ref,
            Assignment.id,
            Assignment.state,
            sa.and_(site, StageTurn.on_stage_at.is_(None)),
        )
        .select_from(Submission)
        .join(PanelJudge, PanelJudge.phase_id == phase.id)
        .outerjoin(StageTurn, turn)
        .outerjoin(
            Assignment,
            sa.and_(Assignment.judge_id == PanelJudge.id, Assignment.submission_id == Submission.id),
        )
        .where(entries.of_phase(phase))
        .order_by(Submission.id, PanelJudge.id)
    )
    tied = conflicts.hard(session, phase.id, entries.of_phase(phase))
    refs: dict[Pair, tuple[str, int]] = {}
    why: dict[Pair, str] = {}
    for entry, code, judge, label, ref, assignment_id, state, waits in session.execute(query):
        refs[code, label] = (ref, assignment_id)
        why[code, label] = _why(state, tied=(judge, entry) in tied, waits=bool(waits))
    return refs, why


def _why(state: str | None, *, tied: bool, waits: bool) -> str:
    if state == "completed":
        return "card_locked"
    if tied or state == "recused":
        return "card_conflict"
    if state not in UNLOCKED:
        return "card_not_assigned"
    return "not_on_stage" if waits else ""


def _turn() -> sa.ColumnElement[bool]:
    return sa.and_(
        StageTurn.phase_id == Assignment.phase_id, StageTurn.submission_id == Assignment.submission_id
    )


def _held(session: Session, actor: Actor, round_id: int, number: int | None) -> tuple[gate.Gate, Phase]:
    held = gate.hold(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.PAPER_ENTER, subject_of(held.round, phase, held.now))
    if session.get(OnSite, phase.id) is None:
        raise WrongState("not_on_site")
    return held, phase


def _put(session: Session, actor: Actor, held: gate.Gate, phase: Phase, book: ScoreBook) -> ScoreBook:
    book.phase_id, book.author_id = phase.id, actor.user_id
    session.add(book)
    session.flush()
    queue.put(session, Work("score_book", f"score-book/{book.ref}", {"id": book.id}), at=held.now)
    return book
