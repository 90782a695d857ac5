"""Distribution of a round: every public need with its answers; one with its recipients, broker and link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import caring, queries, sharing, wishes
from challenge.distribution import facts as distribution
from challenge.messages import links
from challenge.requirements import facts
from challenge.requirements import queries as requirements
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules import permissions
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Action, Subject, can
from challenge.web import listing as files
from challenge.web import outreach_words, words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "distribution": {"GET": Action.DISTRIBUTION_READ},
    "dispatches": {"GET": Action.DISTRIBUTION_READ},
    "share_requirement": {"POST": Action.DISTRIBUTION_SEND},
    "care": {"POST": Action.DISTRIBUTION_READ},
    "mend_address": {"POST": Action.CONTACTS_EDIT},
}
PAGE = 50


NEEDS = files.columns("ref number state title broker sent opened", sent="total")
DISPATCHES = files.columns(
    "ref name address channel state reason note created_at sent_at opened_at answered_at"
)


@blueprint.get("/rounds/<slug>/distribution", endpoint="distribution")
def distribution_page(slug: str) -> ResponseReturnValue:
    """Every public need with who looks after it and what came back."""
    round_ = enter(slug, Action.DISTRIBUTION_READ)
    round_id = round_.id
    file = files.taken(
        f"distribution-{slug}",
        NEEDS,
        lambda session, after, limit: queries.needs(session, round_id, after, limit),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    rows = queries.needs(db.session, round_.id, number_key(request.args.get("after")), PAGE + 1)
    older = url_for("organize.distribution", slug=slug, after=rows[PAGE - 1].id) if rows[PAGE:] else None
    return draw("organize/distribution.html", round_, here="distribution", rows=rows[:PAGE], older=older)


@blueprint.get("/rounds/<slug>/distribution/<ref>")
def dispatches(slug: str, ref: str) -> ResponseReturnValue:
    """One need: its broker, its link, and for those who look after it each recipient."""
    round_ = enter(slug, Action.DISTRIBUTION_READ)
    found, subject = _need(slug, ref)
    names = permissions.organizer(actor(), subject) or subject.broker_id == actor().user_id
    state = request.args.get("state", "")
    need_id = found.id
    file = files.taken(
        f"dispatches-{ref}",
        DISPATCHES,
        lambda session, after, limit: (
            queries.dispatches(session, need_id, state, after, limit) if names else []
        ),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    before = number_key(request.args.get("before"))
    rows = queries.dispatches(db.session, need_id, state, before, PAGE + 1) if names else []
    chosen: dict[str, Any] = {"slug": slug, "ref": ref, "state": state or None}
    return draw(
        "organize/dispatches.html",
        round_,
        here="distribution",
        need=found,
        agrees=can(actor(), Action.AGREEMENT_BEGIN, subject),
        rows=rows[:PAGE],
        older=url_for("organize.dispatches", **chosen, before=rows[PAGE - 1].id) if rows[PAGE:] else None,
        names=names,
        counts=queries.counts(db.session, [found.id]).get(found.id, {}),
        states=queries.STATES,
        chosen=state,
        sends=can(actor(), Action.DISTRIBUTION_SEND, subject),
        suits=can(actor(), Action.MATCHES_READ, subject),
        words=outreach_words,
        **_care(round_, found, subject),
        **_link(found),
    )


def _care(round_: Round, found: Requirement, subject: Subject) -> dict[str, Any]:
    """Who looks after a need, and who could."""
    return {
        "takes": can(actor(), Action.CARE_TAKE, subject) and subject.broker_id is None,
        "mine": subject.broker_id is not None and subject.broker_id == actor().user_id,
        "offered": caring.offered_to(db.session, found.id, actor()),
        "broker_id": subject.broker_id,
        "brokers": caring.brokers(db.session, round_.programme),
        "organizes": permissions.organizer(actor(), subject),
    }


def _link(found: Requirement) -> dict[str, Any]:
    """The link of a need to pass on, as an address and as a picture."""
    link = sharing.of_requirement(db.session, found.id)
    return {
        "link": link,
        "address": links.link("public.share", ref=link.ref) if link else None,
        "qr": Markup(link.qr) if link and link.qr else None,  # noqa: S704 # nosec B704 - ours
    }


def _need(slug: str, ref: str) -> tuple[Requirement, Subject]:
    found = requirements.without_seeker(db.session, ref)
    if found.round.slug != slug or found.state not in facts.PUBLIC_STATES:
        raise NotFound
    return found, distribution.subject_of(db.session, found, page_now())


@blueprint.post("/rounds/<slug>/distribution/<ref>/share")
def share_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Make the link to hand out."""
    _in_round(slug, ref)
    return _done(slug, ref, lambda: sharing.make(db.session, actor(), ref), _("The link is there."))


@blueprint.post("/rounds/<slug>/distribution/<ref>/care/<any(claim, refuse, pass_on, offer):verb>")
def care(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Claim it, give it back with a reason, pass it on, or offer it to a broker."""
    enter(slug, Action.DISTRIBUTION_READ)
    _in_round(slug, ref)
    reason, broker = request.form.get("reason", ""), request.form.get("broker", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "claim": (lambda: caring.claim(db.session, actor(), ref), _("It is yours to look after.")),
        "refuse": (
            lambda: caring.refuse(db.session, actor(), ref, reason),
            _("Given back. The organizers read why."),
        ),
        "pass_on": (
            lambda: caring.pass_on(db.session, actor(), ref, broker, reason),
            _("Passed on. The other broker gets a letter."),
        ),
        "offer": (
            lambda: caring.offer(db.session, actor(), ref, broker),
            _("Offered. The broker gets a letter."),
        ),
    }
    return _done(slug, ref, *steps[verb])


def _done(slug: str, ref: str, step: Callable[[], object], said: str) -> ResponseReturnValue:
    try:
        with writing():
            step()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("organize.dispatches", slug=slug, ref=ref))


def _in_round(slug: str, ref: str) -> None:
    if requirements.slug_of(db.session, ref) != slug:
        raise NotFound


@blueprint.post("/rounds/<slug>/addresses/<ref>/<any(works, fails):word>")
def mend_address(slug: str, ref: str, word: str) -> ResponseReturnValue:
    """An address works again, or a bounce came by mail and it does not."""
    round_ = enter(slug, Action.CONTACTS_EDIT)
    with writing() as session:
        wishes.mend(session, actor(), ref, round_.programme, works=word == "works")
    flash(_("Saved."))
    need = request.form.get("need", "")
    if requirements.slug_of(db.session, need) == slug:
        return redirect(url_for("organize.dispatches", slug=slug, ref=need))
    return redirect(url_for("organize.distribution", slug=slug))
