"""My entries: listed, begun, read and written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app, json

from challenge.accounts.models import Organization
from challenge.api import answers, paging
from challenge.api.doors import PREFIX
from challenge.api.faults import MovedOn
from challenge.api.problems import Words
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.api.solve.room import enter, tag_of, tagged
from challenge.api.solve.shapes import Begin, Draft, EntryLine, EntryWhole
from challenge.base import clock
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.submissions import drafting, formfiles, merging, queries
from challenge.submissions.queries import Shown


@gives_page(EntryLine)
def entries() -> Data:
    """The entries whose team I am in, newest first."""
    require(actor(), Action.ACCOUNT_USE)
    mine = queries.mine(db.session, actor().user_id or 0, clock.now(db.session))
    return paging.whole([_line(each) for each in mine])


@takes(Begin)
@gives(EntryWhole, 201)
def begin(asked: Data) -> Any:
    """Begin an entry. A person has one for each requirement: asked again, the one that is there."""
    if bool(asked.get("requirement")) == bool(asked.get("round")):
        raise Invalid("requirement", "requirement_or_round")
    begun = drafting.start(
        db.session,
        actor(),
        requirement=asked.get("requirement"),
        round_slug=asked.get("round"),
        theme=asked.get("track"),
    )
    shown = enter(begun.ref, Action.SUBMISSION_READ)
    body, status, headers = tagged(whole(shown), shown, 201)
    return body, status, {**headers, "Location": f"{PREFIX}/entries/{begun.ref}"}


@gives(EntryWhole)
def entry(ref: str) -> Any:
    """One entry with its draft and what is still missing."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return tagged(whole(shown), shown)


@takes(Draft)
@gives(EntryWhole)
def edit(typed: Data, ref: str) -> Any:
    """Write parts of the draft, by the fields of the round's form; what is not named stays."""
    shown = enter(ref, Action.SUBMISSION_EDIT)
    answers.check_match(tag_of(shown))
    parts: Data = merging.flat(shown.form.spec, _known(shown, typed.get("values", {})))
    if "team_name" in typed:
        parts["team_name"] = typed["team_name"].strip()
    if "organization" in typed:
        parts["organization_id"] = _organization(typed["organization"])
    bases = dict.fromkeys(parts, shown.submission.draft_version)
    merged = merging.merge(db.session, actor(), ref, parts, bases, strict=True)
    if merged.conflicts:
        raise MovedOn
    shown = enter(ref, Action.SUBMISSION_EDIT)
    return tagged(whole(shown), shown)


@gives(None)
def form(ref: str) -> Any:
    """The form that the entry answers, as its organizer's export has it (challenge-form/1)."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return current_app.response_class(formfiles.export(shown.form.spec), mimetype="application/json")


def _known(shown: Shown, values: Data) -> Data:
    spec = shown.form.spec
    unknown = [key for key in values if (field := spec.get(key)) is None or field.kind == "files"]
    if unknown:
        raise InvalidMany([Invalid(f"values.{key}", "field_unknown") for key in unknown])
    indicators = {field.key for field in spec.of_kind("indicators")}
    wrong = [key for key in indicators & values.keys() if not isinstance(values[key], dict)]
    if wrong:
        raise InvalidMany([Invalid(f"values.{key}", "not_an_object") for key in wrong])
    return values


def _organization(ref: str | None) -> int | None:
    if not ref:
        return None
    mine = sa.select(Organization.id).where(Organization.ref == ref, Organization.id.in_(actor().represents))
    found = db.session.scalar(mine)
    if found is None:
        raise Invalid("organization", "not_your_organization")
    return found


def _line(shown: Shown) -> Data:
    submission = shown.submission
    words: Words = current_app.extensions["api_words"]
    return {
        "ref": submission.ref,
        "code": submission.code,
        "title": submission.heading,
        "state": submission.state,
        "round_slug": shown.round.slug,
        "requirement_ref": shown.requirement.ref if shown.requirement else None,
        "is_open": shown.open,
        "closes_at": shown.closes_at,
        "submitted_at": submission.submitted_at,
        "changed": shown.changed,
        "missing": [
            {"field": each.field, "code": each.code, "detail": words.say(each)} for each in shown.missing
        ],
    }


def whole(shown: Shown) -> Data:
    """The entry as its team reads it."""
    submission = shown.submission
    return {
        **_line(shown),
        "draft_version": submission.draft_version,
        "values": json.loads(json.dumps(dict(submission.values))),
        "team_name": submission.team_name,
        "organization_ref": submission.organization.ref if submission.organization else None,
        "state_reason": submission.state_reason,
        "digest": shown.frozen.digest,
    }
