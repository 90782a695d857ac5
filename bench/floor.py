"""The floor: the least Flask + SQLAlchemy + Jinja application that does the product's jobs on its data.

One language, no rights beyond the sign-in, no design, no cache but one version: what anybody would write in
an afternoon. Every figure of the bench is a ratio to it, measured in the same run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask, Response, abort, redirect, render_template, request, session
from sqlalchemy.orm import Session, joinedload, selectinload

from bench import floor_funnel
from challenge.accounts.models import Organization, User
from challenge.base.db import tune
from challenge.judging.models import (
    Assignment,
    Criterion,
    Phase,
    Ranking,
    RankingRow,
    Score,
    Scorecard,
    Standing,
)
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.search.models import SearchEntry
from challenge.submissions.models import Submission

ZONE = ZoneInfo("Asia/Shanghai")


def create_floor(url: str, secret: str) -> Flask:
    """The application over an existing database."""
    app = Flask(__name__)
    app.secret_key = secret
    app.jinja_env.filters["when"] = _when
    engine = sa.create_engine(url, connect_args={"isolation_level": None, "timeout": 30})
    tune(engine)
    app.config["ENGINE"] = engine
    for rule, view, methods in (
        ("/rounds", rounds, ["GET"]),
        ("/rounds-kept", rounds_kept, ["GET"]),
        ("/requirements/<ref>", requirement, ["GET"]),
        ("/judge/<ref>", desk, ["GET"]),
        ("/judge/<ref>/save", save, ["POST"]),
        ("/rounds/<slug>/results", ranking, ["GET"]),
        ("/organize/rounds/<slug>/ranking", standings, ["GET"]),
        ("/search", search, ["GET"]),
        ("/figures/site/all", funnel, ["GET"]),
        ("/close", close, ["POST"]),
    ):
        app.add_url_rule(rule, view_func=view, methods=methods)
    return app


def _db() -> Session:
    from flask import current_app

    return Session(current_app.config["ENGINE"], expire_on_commit=False)


def _when(value: dt.datetime) -> str:
    return value.astimezone(ZONE).strftime("%-d %b, %H:%M")


def _signed_in(db: Session) -> User | None:
    mine = session.get("_user_id")
    return None if mine is None else db.scalar(sa.select(User).where(User.fs_uniquifier == mine))


def _person(db: Session) -> User:
    return _signed_in(db) or abort(403)


def rounds() -> str:
    """The public list of rounds, 50 rows; whoever is signed in sees a name."""
    with _db() as db:
        return _list(db, _signed_in(db))


def _list(db: Session, person: User | None) -> str:
    now = dt.datetime.now(dt.UTC)
    query = (
        sa.select(Round)
        .where(Round.public, Round.stage.not_in(("draft", "closed", "cancelled")))
        .order_by(Round.sort_at, Round.id)
        .limit(50)
        .options(joinedload(Round.programme).joinedload(Programme.host), selectinload(Round.windows))
    )
    return render_template("rounds.html", rounds=list(db.scalars(query)), now=now, person=person)


_kept: dict[str, tuple[str, bytes]] = {}


def rounds_kept() -> Response:
    """The same, kept while a version row stands, with an ETag."""
    with _db() as db:
        version = str(db.scalar(sa.text("SELECT max(id) FROM audit_entry")))
        if _kept.get("rounds", ("", b""))[0] != version:
            _kept["rounds"] = (version, _list(db, None).encode())
    etag = hashlib.sha256(version.encode()).hexdigest()[:20]
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(_kept["rounds"][1], mimetype="text/html")
    response.set_etag(etag)
    return response


def requirement(ref: str) -> str:
    """One requirement with its indicators, answered questions and its round's windows."""
    with _db() as db:
        query = (
            sa.select(Requirement)
            .where(Requirement.ref == ref, Requirement.state == "published")
            .options(
                joinedload(Requirement.seeker),
                joinedload(Requirement.round).selectinload(Round.windows),
                selectinload(Requirement.indicators),
            )
        )
        found = db.scalar(query) or abort(404)
        answered = sa.select(Question).where(
            Question.round_id == found.round_id, Question.requirement_id == found.id, Question.public
        )
        questions = list(db.scalars(answered.order_by(Question.id.desc()).limit(50)))
        now = dt.datetime.now(dt.UTC)
        return render_template("requirement.html", need=found, questions=questions, now=now)


def _assignment(db: Session, ref: str, person: User) -> Assignment:
    query = (
        sa.select(Assignment)
        .where(Assignment.ref == ref)
        .options(
            joinedload(Assignment.judge),
            joinedload(Assignment.submission)
            .joinedload(Submission.requirement)
            .selectinload(Requirement.indicators),
            joinedload(Assignment.scorecard).selectinload(Scorecard.scores),
        )
    )
    found = db.scalar(query) or abort(404)
    if found.judge.user_id != person.id:
        abort(403)
    return found


def _criteria(db: Session, phase_id: int) -> list[Criterion]:
    return list(
        db.scalars(sa.select(Criterion).where(Criterion.phase_id == phase_id).order_by(Criterion.position))
    )


def desk(ref: str) -> str:
    """The scoring page: the proposal, the rubric, what is scored so far, how far the queue is."""
    with _db() as db:
        person = _person(db)
        found = _assignment(db, ref, person)
        criteria = _criteria(db, found.phase_id)
        window = db.scalar(
            sa.select(RoundWindow)
            .join(Phase, Phase.round_id == RoundWindow.round_id)
            .where(Phase.id == found.phase_id, RoundWindow.stage == "judging")
        )
        pile = sa.select(Assignment.state).where(Assignment.judge_id == found.judge_id)
        states = list(db.scalars(pile))
        scores = {each.criterion_id: each for each in found.scorecard.scores} if found.scorecard else {}
        values = {"criteria": criteria, "window": window, "states": states, "scores": scores}
        return render_template("desk.html", assignment=found, person=person, **values)


def save(ref: str) -> Response:
    """Save four scores: on the scale, in an open window, the card's total kept; one transaction."""
    with _db() as db:
        person = _person(db)
        db.connection().exec_driver_sql("BEGIN IMMEDIATE")
        found = _assignment(db, ref, person)
        window = db.scalars(
            sa.select(RoundWindow)
            .join(Phase, Phase.round_id == RoundWindow.round_id)
            .where(Phase.id == found.phase_id, RoundWindow.stage == "judging")
        ).one()
        now = dt.datetime.now(dt.UTC)
        if not (window.opens_at and window.closes_at and window.opens_at <= now < window.closes_at):
            abort(409)
        card = found.scorecard
        if card is None:
            card = Scorecard(assignment_id=found.id, saved_at=now, scores=[])
            db.add(card)
            db.flush()
        total = _enter(db, card, _criteria(db, found.phase_id))
        card.total, card.saved_at = total, now
        db.commit()
    return redirect(f"/judge/{ref}")  # type: ignore[return-value]


def _enter(db: Session, card: Scorecard, criteria: list[Criterion]) -> Decimal | None:
    known = {each.criterion_id: each for each in card.scores}
    total: Decimal | None = Decimal(0)
    for criterion in criteria:
        text = request.form.get(f"score-{criterion.id}", "")
        value = Decimal(text) if text else None
        if value is not None and not criterion.minimum <= value <= criterion.maximum:
            abort(422)
        if criterion.id in known:
            known[criterion.id].value = value
        else:
            db.add(Score(scorecard_id=card.id, criterion_id=criterion.id, value=value))
        total = None if total is None or value is None else total + value * criterion.weight
    return total


def ranking(slug: str) -> str:
    """The public ranking, top 50."""
    with _db() as db:
        round_, phase = _judged(db, slug)
        in_force = sa.select(Ranking.id).where(Ranking.phase_id == phase.id, Ranking.superseded.is_(False))
        query = (
            sa.select(RankingRow, Submission, Organization)
            .join(Submission, Submission.id == RankingRow.submission_id)
            .outerjoin(Organization, Organization.id == Submission.organization_id)
            .where(RankingRow.ranking_id == in_force.scalar_subquery())
            .order_by(RankingRow.position)
            .limit(50)
        )
        rows = list(db.execute(query))
        return render_template("ranking.html", round=round_, criteria=phase.criteria, rows=rows)


def standings(slug: str) -> str:
    """The organizer's ranking by maintained totals, 50 a page."""
    with _db() as db:
        if not _person(db).admin:
            abort(403)
        round_, phase = _judged(db, slug)
        query = (
            sa.select(Standing, Submission, Organization)
            .join(Submission, Submission.id == Standing.submission_id)
            .outerjoin(Organization, Organization.id == Submission.organization_id)
            .where(Standing.phase_id == phase.id)
            .order_by(Standing.total.desc(), Standing.submission_id.desc())
            .limit(50)
        )
        rows = list(db.execute(query))
        return render_template("ranking.html", round=round_, criteria=phase.criteria, rows=rows)


def _judged(db: Session, slug: str) -> tuple[Round, Phase]:
    found = (
        sa.select(Round)
        .where(Round.slug == slug)
        .options(selectinload(Round.windows), joinedload(Round.programme))
    )
    round_ = db.scalars(found).one()
    phase = sa.select(Phase).where(Phase.round_id == round_.id).options(selectinload(Phase.criteria))
    return round_, db.scalars(phase).one()


def search() -> str:
    """The newest fifty finds: every word in the full-text table, a field if one is chosen."""
    text, field = request.args.get("q", ""), request.args.get("field", "")
    match = " ".join('"' + word.replace('"', "") + '"' for word in text.split())
    with _db() as db:
        query = (
            sa.select(SearchEntry)
            .join(
                sa.table("search_words", sa.column("rowid")), sa.text("search_words.rowid = search_entry.id")
            )
            .where(sa.text("search_words MATCH :match").bindparams(match=match))
            .order_by(sa.text("search_words.rowid DESC"))
            .limit(50)
        )
        if field:
            query = query.where(SearchEntry.field == field)
        return render_template("search.html", found=list(db.scalars(query)), text=text)


def funnel() -> str:
    """The kept sums of everything, then by year, field and programme."""
    with _db() as db:
        return floor_funnel.page(db, _person(db))


def close() -> str:
    """The close of the day: every window that is due is closed, once."""
    with _db() as db:
        now = dt.datetime.now(dt.UTC)
        due = sa.and_(RoundWindow.closed_at.is_(None), RoundWindow.closes_at <= now)
        result = db.execute(sa.update(RoundWindow).where(due).values(closed_at=now))
        db.commit()
        return str(result.rowcount)  # type: ignore[attr-defined]
