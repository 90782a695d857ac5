"""Doors that ask who one is once more: ONE table, looked up before the view runs.

Whoever has signed in or proved it a short while ago goes through. Everybody else is asked: at a GET by a page
that leads back, at a POST by a page that sends what was sent again, together with the proof, to the very door
that it was meant for. Nothing that was typed is kept by us, and nothing of it is lost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from challenge.accounts import arrival, factors, identities, identity, oidc, passkeys
from challenge.accounts.identity import Confirmed, Proof
from challenge.accounts.models import User
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.web import ceremonies, limits, words
from challenge.web.doors import wants_json

PROVED = "fs_paa"  # in the session: when its person last proved who they are (Flask-Security's name)
FIELDS = ("proof_password", "proof_code", "proof_passkey")
MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Fresh:
    """How fresh a proof has to be: of so many minutes (None: as the setting says), at these methods."""

    minutes: int | None = None
    methods: tuple[str, ...] = ("GET", "POST")


USUAL = Fresh()
SENT = Fresh(methods=("POST",))  # looking is free

DOORS: Mapping[str, Fresh] = {
    # What proves who one is
    "account.begin_authenticator": USUAL,
    "account.authenticator": USUAL,
    "account.remove_authenticator": USUAL,
    "account.recovery_codes": USUAL,
    "account.passkey": USUAL,
    "account.remove_passkey": USUAL,
    # Programs that act as somebody
    "account.tokens": SENT,
    "account.organization_tokens": SENT,
    # Everything of a person, or of a round, leaving the house
    "account.data_archive": USUAL,
    "organize.award_certificates_zip": USUAL,
    "record.signed": USUAL,
    "figures.ask_file": USUAL,
    "organize.objections_csv": USUAL,
    "signing.registry_csv": USUAL,
    "organize.vote_csv": USUAL,
    "organize.workbook_file": USUAL,
    # What many people are told at once, and cannot be told otherwise again
    "organize.announcements": SENT,
    "organize.groups": SENT,
    "organize.announce_cut": USUAL,
    "organize.release_feedback": USUAL,
    "organize.prepare_results": USUAL,
    "organize.approve_results": USUAL,
    "organize.send_needs": SENT,
    # Who may do what
    "organize.organizers": SENT,
    "organize.managers": SENT,
    "organize.brokers": SENT,
    "organize.auditors": SENT,
    "organize.second_factor": USUAL,
    "organize.organizer_dismiss": USUAL,
    "admin.open_or_close": USUAL,
    "admin.set_administrator": USUAL,
    "admin.give_role": SENT,
    "admin.withdraw_role": USUAL,
    "admin.settings": SENT,
    "admin.reset_factors": USUAL,
    "admin.look_on": SENT,
    "admin.decide_erasure": USUAL,
    "admin.prepare_erasure": USUAL,
}


def install(app: Flask) -> None:
    """Hang the question onto the doors; a row about no door stops the app from starting."""
    unknown = sorted(set(DOORS) - set(app.view_functions))
    if unknown:
        raise RuntimeError(f"proofs are asked for at doors that are not there: {unknown}")
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    wanted = DOORS.get(request.endpoint or "")
    method = "GET" if request.method == "HEAD" else request.method
    if wanted is None or method not in wanted.methods or actor().user_id is None:
        return None
    if method == "POST" and any(request.form.get(name) for name in FIELDS):
        try:
            prove()
        except Invalid as refusal:
            return _page(refusal)
    if is_fresh(wanted):
        return None
    return _page(None) if method == "POST" else _way_round()


def is_fresh(wanted: Fresh = USUAL) -> bool:
    """Whether whoever is signed in proved it a short while ago."""
    minutes: int = current_app.config["SETTINGS"].proof_minutes if wanted.minutes is None else wanted.minutes
    age = time.time() - float(session.get(PROVED, 0))
    return -60 < age < minutes * 60


def shown() -> Proof:
    """What this request shows as a proof."""
    return Proof(request.form.get("proof_password", ""), request.form.get("proof_code", ""))


def prove() -> Confirmed:
    """Take the proof that was sent; from here on the session is fresh, under a new token. Raises Invalid."""
    limits.spend()
    answer = request.form.get("proof_passkey", "")
    confirmed = by_passkey(answer) if answer else confirm(shown())
    session[PROVED] = time.time()
    arrival.rotate()
    return confirmed


def confirm(proof: Proof) -> Confirmed:
    """The confirmation that a service wants. A code is used up by it, whatever comes after."""
    with writing() as transaction:
        return identity.confirmed(transaction, actor(), proof)


def by_passkey(answer: str) -> Confirmed:
    """The confirmation by a key of whoever is signed in. Raises Invalid("passkey", ...)."""
    challenge, me = ceremonies.challenge(), actor().user_id
    with writing() as transaction:
        person = passkeys.shown(transaction, ceremonies.site(), challenge, answer, me)
    return Confirmed(person.id, by="passkey")


def missing() -> ResponseReturnValue | None:
    """The way to the question, for a view that knows itself when it wants a proof; None while it is fresh."""
    return None if is_fresh() else _way_round()


def _way_round() -> ResponseReturnValue:
    """To the page that asks, and from there back to where this was going."""
    g.refused = True
    if wants_json():
        return jsonify({"code": "proof_needed", "message": words.say_code("proof_needed")}), 403
    return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")))


def _page(refusal: Invalid | None) -> ResponseReturnValue:
    """What was sent, shown, to be sent again with the proof."""
    g.refused = True
    if wants_json():
        return jsonify({"code": "proof_needed", "message": words.say_code("proof_needed")}), 403
    sent = [
        (name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", *FIELDS)
    ]
    return asked(request.full_path.rstrip("?"), sent[:MOST_FIELDS], refusal, keeps=True)


def asked(
    target: str, sent: list[tuple[str, str]], refusal: Invalid | None, *, keeps: bool
) -> tuple[str, int]:
    """The page that asks for a proof, to be sent to `target` with what was `sent` there before."""
    person = db.session.get_one(User, actor().user_id)
    has = factors.of(db.session, person.id)
    keys = [each.credential for each in has.passkeys]
    there: dict[str, Any] = {
        "target": target,
        "sent": sent,
        "keeps": keeps,
        "files": bool(request.files),
        "fault": refusal.field if refusal is not None else None,
        "said": words.say(refusal) if refusal is not None else None,
        "has_password": person.password is not None,
        "factors": has,
        "options": ceremonies.to_show(keys) if keys else None,
        "again": _again(person),
    }
    return render_template("security/proof.html", **there), 422 if refusal is not None else 403


def _again(person: User) -> list[tuple[str, str]]:
    """Accounts elsewhere by which somebody without a password can show who they are."""
    if person.password is not None:
        return []
    labels = {each.name: each.label(i18n.reader().locale) for each in oidc.providers()}
    mine = identities.of_person(db.session, person.id)
    return [(each.provider, labels[each.provider]) for each in mine if each.provider in labels]
