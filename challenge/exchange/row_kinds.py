"""What rows can be: judges to invite, entries for judges, scores from paper, requirements of seekers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.exchange.row_imports import Kind, Line, Place
from challenge.judging import assigning, boards, entries, guests, panel, rubric, score_books, score_rows
from challenge.judging.models import Assignment
from challenge.requirements import need_rows
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import guests as guest_rules
from challenge.rules import need_words, paper_scores
from challenge.rules.errors import Invalid
from challenge.rules.lifecycles import READING
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.row_files import KNOWN, NEW, WRONG, Column, Finding
from challenge.rules.scales import read_score
from challenge.rules.workbooks import column_of, place_of
from challenge.submissions.models import Submission


def _judges(session: Session, actor: Actor, place: Place, lines: Sequence[Line]) -> list[Finding]:
    held = gate.hold(session, place.round_id, exclusive=True)
    require(actor, Action.JUDGE_INVITE, rounds.subject_of(held.round, held.now))
    phase = rubric.ensure_phase(session, place.round_id, place.phase)
    waiting, _declined = invitations.unaccepted(session, panel.ROLE, panel.SCOPE, phase.id)
    there = {each.email for each in waiting if each.expires_at > held.now}
    typed = [_guest(number, row) for number, row in lines]
    said = dict(lines)
    found = []
    for each in guests.checked(session, phase.id, typed):
        codes = {fault.code for fault in each.faults}
        if codes == {"on_panel_already"} or (not codes and each.email in there):
            found.append(Finding(each.number, said[each.number], KNOWN))
            continue
        if codes:
            faults = tuple((fault.field, fault) for fault in each.faults)
            found.append(Finding(each.number, said[each.number], WRONG, faults))
            continue
        panel.invite(session, actor, place.round_id, each.email, place.phase, each.facts)
        found.append(Finding(each.number, said[each.number]))
    return found


def _guest(number: int, row: Mapping[str, str]) -> guest_rules.Line:
    email, name, keywords, capacity, languages = (row.get(key, "") for key in guest_rules.FIELDS)
    return guest_rules.Line(number, email, name, keywords, capacity, languages)


def _assignments(session: Session, actor: Actor, place: Place, lines: Sequence[Line]) -> list[Finding]:
    held = gate.hold(session, place.round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, place.round_id, place.phase)
    found = boards.panel_of(session, place.round_id, phase.number)
    seats = {each.label.casefold(): each.id for each in found.seats} if found else {}
    seats |= {each.email: each.id for each in found.seats if each.email} if found else {}
    query = sa.select(Submission.code, Submission.ref).where(entries.of_phase(phase))
    codes = {code.casefold(): ref for code, ref in session.execute(query)}
    made = (
        sa.select(Assignment.judge_id, Submission.ref)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.phase_id == phase.id, Assignment.state.in_(READING))
    )
    there = {(judge, ref) for judge, ref in session.execute(made)}
    findings = []
    for number, row in lines:
        judge, entry = seats.get(row["judge"].casefold()), codes.get(row["entry"].casefold())
        faults = [] if judge is not None else [("judge", Invalid("judge", "rows_no_judge"))]
        faults += [] if entry is not None else [("entry", Invalid("entry", "rows_no_entry"))]
        if judge is None or entry is None or (judge, entry) in there:
            findings.append(Finding(number, row, WRONG if faults else KNOWN, tuple(faults)))
            continue
        try:
            assigning.assign(session, actor, place.round_id, judge, entry, phase.number)
        except Invalid as refusal:
            findings.append(Finding(number, row, WRONG, (("judge", refusal),)))
        else:
            there.add((judge, entry))
            findings.append(Finding(number, row))
    return findings


def _needs(session: Session, actor: Actor, place: Place, lines: Sequence[Line]) -> list[Finding]:
    keys = [each.key for each in NEEDS]
    faults, begins = need_rows.bring(session, actor, place.round_id, keys, lines, place.locale)
    found, current = [], 0
    for number, row in lines:
        current = number if number in begins else current
        own = tuple(faults.get(number, ()))
        bad = begins.get(current, ())
        state = NEW if not bad else KNOWN if set(bad) == {"need_known"} else WRONG
        found.append(Finding(number, row, state, own if state == WRONG else ()))
    return found


def _score_columns(session: Session, place: Place) -> Sequence[Column]:
    phase = rubric.phase_of(session, place.round_id, place.phase)
    criteria = [each for each in phase.criteria if not each.carried] if phase is not None else []
    named = [
        Column(f"c{each.id}", (each.name_zh or "", each.name_en or ""), required=True) for each in criteria
    ]
    return (*ASSIGNED, *named)


def _scores(session: Session, actor: Actor, place: Place, lines: Sequence[Line]) -> list[Finding]:
    keys = [each.key for each in _score_columns(session, place)[len(ASSIGNED) :]]
    rows: list[list[str]] = [[], [*paper_scores.FIXED, *keys]]
    rows += [[row["entry"], "", row["judge"], "", *(row[key] for key in keys)] for _number, row in lines]
    checked, refs = score_books.bring(session, actor, place.round_id, place.phase, rows)
    there = score_rows.locked(session, [number for _ref, number in refs.values() if number])
    named = {paper_scores.FIXED.index("code"): "entry", paper_scores.FIXED.index("judge"): "judge"}
    named |= dict(enumerate(keys, start=len(paper_scores.FIXED)))
    faults: dict[int, list[tuple[str, Invalid]]] = {}
    for fault in checked.faults:
        at, _width, letters = place_of(fault.cell)
        column = named.get(column_of(letters), "")
        faults.setdefault(at, []).append((column, Invalid(column, fault.code, **fault.params)))
    findings = []
    for at, (number, row) in enumerate(lines, start=paper_scores.FIRST_ROW):
        wrong = tuple(faults.get(at, ()))
        card = there.get(refs.get((row["entry"], row["judge"]), ("", 0))[1])
        same = card is not None and all(read_score(row[key]) == card.get(key) for key in keys)
        locked = {fault.code for _column, fault in wrong} == {"card_locked"}
        state = KNOWN if locked and same else WRONG if wrong else NEW
        findings.append(Finding(number, row, state, wrong if state == WRONG else ()))
    return findings


ASSIGNED = (
    Column("entry", ("方案编号", "Entry"), ("code", "submission", "编号"), required=True),
    Column("judge", ("评委", "Judge"), ("label", "email", "评委邮箱"), required=True),
)
JUDGES = (
    Column("email", ("邮箱", "E-mail address"), ("mail", "address", "邮件", "电子邮箱"), required=True),
    Column("name", ("姓名", "Name")),
    Column("keywords", ("关键词", "Keywords"), ("专长",)),
    Column("capacity", ("最多评审数", "Most entries"), ("most",)),
    Column("languages", ("语言", "Languages")),
)
NEEDS = tuple(
    Column(each.key, each.names, each.also) for each in (*need_words.WHOSE, *need_words.NEED, *need_words.ROW)
)
KINDS = {
    each.name: each
    for each in (
        Kind("judges", Action.JUDGE_INVITE, lambda _session, _place: JUDGES, _judges, guest_rules.FIELDS),
        Kind("assignments", Action.JUDGE_ASSIGN, lambda _session, _place: ASSIGNED, _assignments),
        Kind("scores", Action.PAPER_ENTER, _score_columns, _scores),
        Kind("requirements", Action.REQUIREMENT_BRING, lambda _session, _place: NEEDS, _needs),
    )
}
