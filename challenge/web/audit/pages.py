"""What an auditor reads of a round, part by part; each reading is noted before anything is shown."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.audit import chain, trail
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.exchange import evidence as file
from challenge.exchange import packing
from challenge.reports import auditing, evidence, reckoning
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import NotAllowed
from challenge.rules.permissions import Action, require
from challenge.web import conflict_words, evidence_words, listing
from challenge.web.audit.room import blueprint
from challenge.web.context import page_now
from challenge.web.organize.audit import shown
from challenge.web.papers import made_while_sent
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "home": {"GET": Action.ACCOUNT_USE},
    **{
        part: {"GET": Action.EVIDENCE_READ}
        for part in ("timeline", "overrides", "reads", "conflicts", "scorecards", "rankings", "files")
    },
}
PAGE = 50
COLUMNS = listing.columns("seq at who action subject hash", who="actor")
TABS: tuple[tuple[str, LazyString], ...] = (
    ("timeline", _("Timeline")),
    ("overrides", _("Decided by hand")),
    ("reads", _("Who read what")),
    ("conflicts", _("Conflicts")),
    ("scorecards", _("Scorecards")),
    ("rankings", _("Rankings")),
)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The rounds that are open to me now, and until when."""
    require(actor(), Action.ACCOUNT_USE)
    rounds = auditing.rounds_of(db.session, actor().user_id or 0, page_now())
    return render_template("audit/home.html", rounds=rounds)


@blueprint.get("/rounds/<slug>")
def timeline(slug: str) -> ResponseReturnValue:
    """What happened, newest first, with the fingerprints of the chain."""
    round_ = _enter(slug, "timeline")
    name = chain.round_chain(round_.id)
    taken = listing.taken(
        f"timeline-{slug}",
        COLUMNS,
        lambda session, after, limit: trail.page(session, name, before=after, limit=limit),
        after=lambda row: row.seq,
        personal=True,
        round_=round_,
    )
    if taken is not None:
        return taken
    before = number_key(request.args.get("before"))
    lines = trail.page(db.session, name, before=before, limit=PAGE + 1)
    older = url_for("audit.timeline", slug=slug, before=lines[PAGE - 1].seq) if lines[PAGE:] else None
    return _draw(
        round_,
        "timeline",
        lines=shown(lines[:PAGE], round_.zone),
        older=older,
        newest=url_for("audit.timeline", slug=slug) if before else None,
    )


@blueprint.get("/rounds/<slug>/overrides")
def overrides(slug: str) -> ResponseReturnValue:
    """What people decided otherwise than the rules alone would have."""
    round_ = _enter(slug, "overrides")
    return _draw(round_, "overrides", rows=evidence.overrides(db.session, round_.id))


@blueprint.get("/rounds/<slug>/reads")
def reads(slug: str) -> ResponseReturnValue:
    """Who read what of which entry."""
    round_ = _enter(slug, "reads")
    return _draw(round_, "reads", rows=evidence.reads(db.session, round_.id), most=evidence.MOST)


@blueprint.get("/rounds/<slug>/conflicts")
def conflicts(slug: str) -> ResponseReturnValue:
    """Conflicts of interest, what shows them, how they were decided."""
    round_ = _enter(slug, "conflicts")
    return _draw(round_, "conflicts", rows=evidence.cases(db.session, round_.id), cases=conflict_words)


@blueprint.get("/rounds/<slug>/scorecards")
def scorecards(slug: str) -> ResponseReturnValue:
    """Locked cards of the phases that are over, with what they were before."""
    round_ = _enter(slug, "scorecards")
    return _draw(
        round_,
        "scorecards",
        rows=evidence.cards(db.session, round_.id),
        criteria=evidence.criteria(db.session, round_.id),
        phases=evidence.phases(db.session, round_.id),
    )


@blueprint.get("/rounds/<slug>/rankings")
def rankings(slug: str) -> ResponseReturnValue:
    """Every ranking in force, reckoned once more by the same engine."""
    round_ = _enter(slug, "rankings")
    return _draw(round_, "rankings", rows=reckoning.rankings(db.session, round_.id))


@blueprint.get("/rounds/<slug>/evidence.zip")
def files(slug: str) -> Response:
    """All of it as one zip, its list of digests signed; made while it is sent."""
    round_ = _enter(slug, "files")
    body = packing.stream(file.members(round_.id), file.sealed)
    return made_while_sent(body, "application/zip", f"evidence-{slug}.zip")


def _enter(slug: str, part: str) -> Round:
    """The round, once its auditor may read it; that they do is noted first, or nothing is shown."""
    round_ = queries.by_slug(db.session, slug)
    subject = queries.subject_of(round_, page_now())
    me = actor().user_id
    require(actor(), Action.EVIDENCE_READ, evidence.subject_with(db.session, subject, round_.id, me))
    if me is None:
        raise NotAllowed
    with writing() as session:
        auditing.note(session, me, round_.id, part, page_now())
    return round_


def _draw(round_: Round, here: str, **values: object) -> str:
    links = [(url_for(f"audit.{name}", slug=round_.slug), text, None, name == here) for name, text in TABS]
    return render_template(f"audit/{here}.html", round=round_, parts=links, words=evidence_words, **values)
