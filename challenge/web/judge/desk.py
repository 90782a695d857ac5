"""The desk: a proposal beside its scorecard, drafts kept while typing, and the lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import download
from challenge.files.derivatives import Copy
from challenge.judging import piles, queries, scoring, stage_reads
from challenge.judging.documents import Found
from challenge.judging.scorecards import Saved
from challenge.judging.views import JudgeView
from challenge.rules.errors import InvalidMany, NotFound, Refused, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.web import access, judging_words, words
from challenge.web.doors import signed_out, wants_json
from challenge.web.judge import forms
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "desk": {"GET": Action.ASSIGNMENT_READ},
    "document": {"GET": Action.ASSIGNMENT_READ},
    "pages": {"GET": Action.ASSIGNMENT_READ},
    "page": {"GET": Action.ASSIGNMENT_READ},
    "kept": {"GET": Action.ASSIGNMENT_READ},
    "save": {"POST": Action.SCORE_SAVE},
    "lock": {"POST": Action.SCORE_LOCK},
}


@blueprint.get("/<ref>")
def desk(ref: str) -> ResponseReturnValue:
    """One proposal and my scorecard of it; before the declaration, the way there."""
    view = queries.sheet(db.session, actor(), ref)
    if view is None:
        return redirect(url_for("judge.declare", ref=ref))
    return _page(view)


@blueprint.get("/<ref>/documents/<int:number>")
def document(ref: str, number: int) -> ResponseReturnValue:
    """A copy of one document without metadata, under a name that says nothing about its author."""
    found = queries.document(db.session, actor(), ref, number)
    return _send(ref, found, found.clean, f"{found.stem}.{found.document.extension}")


@blueprint.get("/<ref>/documents/<int:number>/pages")
def pages(ref: str, number: int) -> ResponseReturnValue:
    """The pages of one document as pictures."""
    found = queries.document(db.session, actor(), ref, number)
    if not found.document.pages:
        raise NotFound
    access.note_judge(ref, found.document.place)
    return render_template("judge/document.html", ref=ref, code=found.stem.rpartition("-")[0], found=found)


@blueprint.get("/<ref>/documents/<int:number>/pages/<int:page>")
def page(ref: str, number: int, page: int) -> ResponseReturnValue:
    """The picture of one page."""
    found = queries.document(db.session, actor(), ref, number)
    return _send(ref, found, found.page(page), f"{found.stem}-{page}.jpg")


def _send(ref: str, found: Found, copy: Copy, name: str) -> ResponseReturnValue:
    access.note_judge(ref, found.document.place)
    db.session.close()  # no connection is held while the bytes go out
    return download.send(copy.sha256, copy.size, copy.media_type, name)


@blueprint.get("/<ref>/save")
def kept(ref: str) -> ResponseReturnValue:
    """For a script whose sign-in is new: the token to send the rest of the card with."""
    if actor().user_id is None:
        return signed_out(url_for("judge.desk", ref=ref))
    if queries.sheet(db.session, actor(), ref) is None:
        raise NotFound
    return jsonify({"token": generate_csrf()})


@blueprint.post("/<ref>/save")
def save(ref: str) -> ResponseReturnValue:
    """Keep the draft: a few words for a script; a plain form comes back, or goes on to the next."""
    i18n.reader()  # who reads is known before the gate, which has everything read anew
    try:
        with writing() as session:
            saved = scoring.save(session, actor(), ref, forms.entered(request.form))
    except InvalidMany as refusal:
        return _refused_save(ref, refusal)
    except (TooLate, WrongState) as refusal:
        if wants_json() or refusal.code == "conflict_known":
            raise
        return _again(ref, refusal), 409
    if wants_json():
        return jsonify(_told(saved))
    if saved.contested:
        faults = [scoring.contested(name, text) for name, text in saved.contested.items()]
        return _again(ref, InvalidMany(faults)), 409
    if request.form.get("next") == "1":
        return _next_to_score(ref)
    return redirect(url_for("judge.desk", ref=ref, _anchor="score"))


def _next_to_score(ref: str) -> ResponseReturnValue:
    """The next that lacks scores; once none does, all of them in one table."""
    pile = piles.pile_of(db.session, actor(), ref)
    following = pile.after(ref)
    if following is not None:
        return redirect(url_for("judge.desk", ref=following.ref, _anchor="score"))
    flash(_("All of yours are scored. Compare them, adjust, and lock them here."))
    return redirect(url_for("judge.own_scores", phase_id=pile.phase_id))


@blueprint.post("/<ref>/lock")
def lock(ref: str) -> ResponseReturnValue:
    """Lock what was typed and go on to the next; without a script the question comes as a page of its own."""
    entered = forms.entered(request.form)
    sure = request.form.get("sure") == "1"
    act = scoring.lock if sure else scoring.rehearse
    try:
        with writing() as session:
            act(session, actor(), ref, entered)
    except InvalidMany as refusal:
        _keep_draft(ref, refusal)
        return _again(ref, refusal), 422
    except TooLate as refusal:
        return _again(ref, refusal), 409
    except WrongState as refusal:
        if refusal.code != "conflict_known":
            return _again(ref, refusal), 409
        raise
    if not sure:
        view = queries.sheet(db.session, actor(), ref)
        return render_template("judge/confirm.html", view=view)
    return _onward(ref)


def _onward(ref: str) -> ResponseReturnValue:
    """After a lock: to the next one, or in a final on site to what is on stage."""
    if (phase_id := stage_reads.stage_of(db.session, ref)) is not None:
        flash(_("Locked. The next one is scored when it comes on stage."))
        return redirect(url_for("stage.seat", phase_id=phase_id))
    following = piles.next_ref(db.session, actor(), ref)
    if following is None:
        flash(_("Locked. That was the last one: all your scorecards are in."))
        return redirect(url_for("judge.queue"))
    flash(_("Locked. Here is the next one."))
    return redirect(url_for("judge.desk", ref=following, _anchor="score"))


def _keep_draft(ref: str, refusal: InvalidMany) -> None:
    """A card that only lacks scores is kept as a draft, so that nothing typed is lost with the lock."""
    if all(fault.code == "score_missing" for fault in refusal.faults):
        with writing() as session:
            scoring.save(session, actor(), ref, forms.entered(request.form))


def _refused_save(ref: str, refusal: InvalidMany) -> ResponseReturnValue:
    return faults_told(refusal) if wants_json() else (_again(ref, refusal), 422)


def faults_told(refusal: InvalidMany) -> ResponseReturnValue:
    """For a script: what is wrong, by field."""
    g.refused = True
    faults = {fault.field: words.say(fault) for fault in refusal.faults}
    return jsonify({"message": words.say(refusal), "faults": faults}), 422


def _again(ref: str, refusal: Refused) -> str:
    """The desk once more with what was typed, and what stands in its way."""
    view = queries.sheet(db.session, actor(), ref)
    if view is None:
        raise refusal
    faults: dict[str, list[str]] = {}
    seen = dict(forms.entered(request.form).seen)
    if isinstance(refusal, InvalidMany):
        for fault in refusal.faults:
            faults.setdefault(fault.field, []).append(words.say(fault))
            if "stored" in fault.params:  # it has been shown now, so that the next save decides
                seen.pop(fault.field, None)
    return _page(view, typed=forms.typed(request.form), seen=seen, faults=faults, refusal=refusal)


def _page(
    view: JudgeView,
    *,
    typed: Mapping[str, str] | None = None,
    seen: Mapping[str, str] | None = None,
    faults: Mapping[str, list[str]] | None = None,
    refusal: Refused | None = None,
) -> str:
    g.page_now = view.place.now  # the query has read the clock already
    access.note_judge(view.ref)
    values: dict[str, Any] = {"typed": typed or {}, "faults": faults or {}}
    values["seen"] = {**view.card.texts, **(seen or {})}
    message = None
    if refusal is not None:
        message = words.say(refusal)
    return render_template(
        "judge/desk.html",
        view=view,
        reader_id=actor().user_id,
        why=judging_words.WHY_NOT,
        message=message,
        late=refusal is not None and refusal.code == "window_closed",
        **values,
    )


def _told(saved: Saved) -> dict[str, Any]:
    """What a script tells of a save."""
    counts = {"done": saved.done, "count": saved.count}
    return {"saved": saved_at(saved.at), **counts, "contested": saved.contested}


def saved_at(at: dt.datetime) -> str:
    """When it was saved, at the reader's clock."""
    zone = i18n.reader().zone or request.form.get("zone", "UTC")
    return _("Saved %(time)s", time=i18n.clock_time(at, zone if zone in i18n.ZONES else "UTC"))
