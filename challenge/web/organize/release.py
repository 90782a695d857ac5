"""Results on their way out: looked over as they will be, prepared, approved by another, stopped."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts.models import User
from challenge.awards import announcing, releases
from challenge.awards import board as boards
from challenge.awards.board import Step
from challenge.awards.facts import with_a_stake
from challenge.awards.release_models import ResultRelease
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import announcing as flow
from challenge.flow import foreseeing
from challenge.flow.foreseeing import Preview
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.release_forms import ApproveForm, PrepareForm, StopForm
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import AUDIENCES
from challenge.web.public import requirement, results

ROUTES: dict[str, dict[str, Action]] = {
    "award_publication": {"GET": Action.ROUND_CONTROL},
    "prepare_results": {"POST": Action.AWARD_PREPARE},
    "approve_results": {"POST": Action.AWARD_APPROVE},
    "stop_results": {"POST": Action.AWARD_STOP},
    "foreseen_results": {"GET": Action.ROUND_CONTROL},
    "foreseen_requirement": {"GET": Action.ROUND_CONTROL},
}
MOST_PLACE = 1_000_000


@blueprint.get("/rounds/<slug>/awards/publication")
def award_publication(slug: str) -> ResponseReturnValue:
    """Everything that publication makes public and whom it tells, and where the two keys stand."""
    return _page(slug)


def _page(slug: str, stopping: StopForm | None = None) -> ResponseReturnValue:
    round_ = enter(slug, Action.ROUND_CONTROL)
    board = boards.board(db.session, round_.id)
    if board.step is not Step.PUBLICATION:
        return redirect(url_for("organize.awards", slug=slug))
    preview = foreseeing.preview(round_.id, _places())
    release = board.release
    live = release if release is not None and release.state != "stopped" else None
    stake = with_a_stake(db.session, actor(), round_.id)
    page = draw(
        "organize/award_publication.html",
        round_,
        here="awards",
        board=board,
        preview=preview,
        letters=sum(len(sample.post.readers) for sample in preview.samples),
        audiences=AUDIENCES,
        release=release,
        changed=live is not None and live.digest != preview.foreseen.digest,
        mine=live is not None and live.prepared_by == actor().user_id,
        names=_names(release),
        subject=queries.subject_of(round_, page_now(), conflicted=stake),
        others=flow.others(db.session, round_.id, actor().user_id),
        prepare=PrepareForm(),
        approve=_looked_at(live, preview),
        stop=stopping or StopForm(data={"release": live.ref if live else ""}),
    )
    return page, 422 if stopping is not None else 200


def _looked_at(live: ResultRelease | None, preview: Preview) -> ApproveForm:
    return ApproveForm(data={"release": live.ref if live else "", "digest": preview.foreseen.digest})


def _places() -> dict[str, int]:
    """Whose letter is shown, where the reader asked for another than the first: ?<template>=<place>."""
    given = ((name, value) for name, value in request.args.items() if value.isdecimal())
    return {name: min(int(value), MOST_PLACE) for name, value in given if len(value) < 12}


def _names(release: ResultRelease | None) -> dict[int, str]:
    """The people of a release by their id (one statement)."""
    if release is None:
        return {}
    ids = {release.prepared_by, release.approved_by, release.stopped_by} - {None}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("organize.award_publication", slug=slug))


@blueprint.post("/rounds/<slug>/awards/publication/prepared")
def prepare_results(slug: str) -> ResponseReturnValue:
    """The first key: lay the results down for somebody else to approve."""
    round_ = enter(slug, Action.AWARD_PREPARE)
    form = PrepareForm()
    delay = form.delay.data if form.validate() else announcing.USUAL_DELAY
    with writing() as session:
        flow.prepare(session, actor(), round_.id, delay)
    flash(_("Prepared. The other organizers are asked to approve."))
    return _back(slug)


@blueprint.post("/rounds/<slug>/awards/publication/approved")
def approve_results(slug: str) -> ResponseReturnValue:
    """The second key."""
    round_ = enter(slug, Action.AWARD_APPROVE)
    form = ApproveForm()
    with writing() as session:
        _of_round(round_, form.release.data)
        flow.approve(session, actor(), form.release.data or "", form.digest.data or "")
    flash(_("Approved. The results go out by themselves when the delay is over."))
    return _back(slug)


@blueprint.post("/rounds/<slug>/awards/publication/stopped")
def stop_results(slug: str) -> ResponseReturnValue:
    """Hold the results back."""
    round_ = enter(slug, Action.AWARD_STOP)
    form = StopForm()
    try:
        with writing() as session:
            _of_round(round_, form.release.data)
            announcing.stop(session, actor(), form.release.data or "", form.reason.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(slug, form)
    flash(_("Stopped. Nothing went out."))
    return _back(slug)


def _of_round(round_: Round, ref: str | None) -> None:
    """Raise NotFound for results that are not of this round."""
    if releases.round_of(db.session, ref or "") != round_.id:
        raise NotFound


@blueprint.get("/rounds/<slug>/awards/publication/results")
def foreseen_results(slug: str) -> ResponseReturnValue:
    """The public page of the results, exactly as it will be."""
    answer = _foreseen(slug, lambda: results.round_results(slug))
    public, here = url_for("public.round_results", slug=slug), url_for("organize.foreseen_results", slug=slug)
    answer.set_data(answer.get_data(as_text=True).replace(f'href="{public}?after=', f'href="{here}?after='))
    return answer


@blueprint.get("/rounds/<slug>/awards/publication/requirements/<ref>")
def foreseen_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """The public page of a requirement of the round, exactly as it will be."""
    return _foreseen(slug, lambda: requirement.requirement(ref))


def _foreseen(slug: str, page: Callable[[], ResponseReturnValue]) -> Response:
    """A public page drawn as if the results were out. It is drawn anew, and kept nowhere."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    flash(_("Preview: so this page will read. Until the results are out nobody sees it so."), "bad")
    with foreseeing.published(db.session, round_.id):
        drawn = page()
    if not isinstance(drawn, Response) or drawn.status_code != 200:
        raise NotFound
    return Response(drawn.get_data(), headers={"Cache-Control": "private, no-store"}, mimetype="text/html")
