"""Agreements read: one's own, one with its versions, what changed between two of them, one to print."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from challenge.agreements import facts, listing, queries, signatures
from challenge.agreements.proposing import frozen
from challenge.agreements.queries import Read
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules import agreement_changes, agreement_checks
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.web import agreement_words as words
from challenge.web import listing as files
from challenge.web import signing_words
from challenge.web.agree.forms import JoinForm, ProposeForm, ReasonForm
from challenge.web.agree.room import blueprint
from challenge.web.list_columns import AGREEMENTS
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "mine": {"GET": Action.ACCOUNT_USE},
    "agreement": {"GET": Action.AGREEMENT_READ},
    "version": {"GET": Action.AGREEMENT_READ},
    "differences": {"GET": Action.AGREEMENT_READ},
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Can:
    """What this person can do with the agreement as it stands."""

    edit: bool
    join: bool
    propose: bool
    change: bool
    terminate: bool


@blueprint.get("")
def mine() -> ResponseReturnValue:
    """Those of my organizations and mine, and those that I look after."""
    require(actor(), Action.ACCOUNT_USE)
    me = actor()
    file = files.taken(
        "agreements",
        AGREEMENTS,
        lambda session, after, limit: listing.mine(session, me, after=after, limit=limit),
        personal=True,
    )
    if file is not None:
        return file
    after = number_key(request.args.get("after"))
    rows = listing.mine(db.session, actor(), after=after, limit=PAGE + 1)
    return render_template(
        "agree/mine.html",
        rows=rows[:PAGE],
        words=words,
        older=url_for("agree.mine", after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newer=url_for("agree.mine") if after else None,
    )


@blueprint.get("/<ref>", endpoint="agreement")
def one(ref: str) -> ResponseReturnValue:
    """Where it stands, its parties, its terms and its versions."""
    return page(queries.by_ref(db.session, actor(), ref))


def page(read: Read, refused: FlaskForm | None = None) -> ResponseReturnValue:
    """`refused`: a form that came back."""
    may, terms, agreement = _can(read), read.terms, read.agreement
    seen = {"seen": str(agreement.draft_version)}
    drawn = render_template(
        "agree/agreement.html",
        agreement=agreement,
        terms=frozen(terms),
        may=may,
        missing=agreement_checks.missing(terms) if agreement.state == AGREEMENT.start else [],
        unbound=[each.side for each in agreement.parties if not (each.organization_id or each.user_id)],
        versions=queries.versions(db.session, agreement),
        side=facts.side_of(agreement, actor()),
        join=refused if isinstance(refused, JoinForm) else JoinForm(None, data=seen),
        propose=refused if isinstance(refused, ProposeForm) else ProposeForm(None, data=seen),
        reason=refused if isinstance(refused, ReasonForm) else ReasonForm(None),
        refused=refused,
        words=words,
        block=signatures.block(db.session, agreement, actor(), read.subject) if agreement.version else None,
        signing=signing_words,
    )
    return drawn, 422 if refused is not None else 200


def _can(read: Read) -> Can:
    state, subject = read.agreement.state, read.subject
    draft, edits = state == AGREEMENT.start, can(actor(), Action.AGREEMENT_EDIT, subject)
    return Can(
        edit=draft and edits,
        join=draft and can(actor(), Action.AGREEMENT_PARTIES, subject),
        propose=draft and can(actor(), Action.AGREEMENT_PROPOSE, subject),
        change=edits and AGREEMENT.allows(state, "change"),
        terminate=AGREEMENT.allows(state, "terminate") and can(actor(), Action.AGREEMENT_TERMINATE, subject),
    )


@blueprint.get("/<ref>/versions/<int:number>")
def version(ref: str, number: int) -> ResponseReturnValue:
    """What it said under one number, to read and to print."""
    read = queries.by_ref(db.session, actor(), ref)
    (terms,) = queries.terms_of(db.session, read.agreement, number)
    rows = queries.versions(db.session, read.agreement)
    row = next(each for each in rows if each.number == number)
    return render_template(
        "agree/version.html", agreement=read.agreement, terms=terms, version=row, versions=rows, words=words
    )


@blueprint.get("/<ref>/differences")
def differences(ref: str) -> ResponseReturnValue:
    """What changed between two versions, by default the last two; 0 is the draft."""
    read = queries.by_ref(db.session, actor(), ref)
    rows = queries.versions(db.session, read.agreement)
    draft = read.agreement.state == AGREEMENT.start
    numbers = [*([0] if draft else []), *(each.number for each in rows)]
    if not rows:
        return redirect(url_for("agree.agreement", ref=ref))
    after = request.args.get("after", numbers[0], type=int)
    before = request.args.get("before", numbers[1] if len(numbers) > 1 else numbers[0], type=int)
    if after not in numbers or before not in numbers:
        raise NotFound
    named = sorted({before, after} - {0})
    kept = dict(zip(named, queries.terms_of(db.session, read.agreement, *named), strict=True))
    kept[0] = frozen(read.terms)
    return render_template(
        "agree/differences.html",
        agreement=read.agreement,
        numbers=numbers,
        before=before,
        after=after,
        redline=agreement_changes.between(kept[before], kept[after]),
        old=kept[before],
        new=kept[after],
        words=words,
    )
