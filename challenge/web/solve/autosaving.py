"""The draft while it is typed: each changed part is sent alone and merged; nobody's word is written over."""

from __future__ import annotations

from typing import Any

from flask import get_template_attribute, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from challenge.base import i18n, texts
from challenge.base.db import writing
from challenge.base.session import actor
from challenge.rules.formsize import largest
from challenge.rules.formspec import LONGEST
from challenge.rules.permissions import Action, require
from challenge.submissions import merging
from challenge.submissions.merging import Merged
from challenge.submissions.queries import Shown
from challenge.web import uploads, words
from challenge.web.context import page_now
from challenge.web.doors import signed_out, wants_json
from challenge.web.solve.contents import contents
from challenge.web.solve.forms import DraftForm, draft_form, organizations_of
from challenge.web.solve.room import blueprint, enter
from challenge.web.solve.words import about, missing_count

MOST_BYTES = 2 * 1024 * 1024  # the largest field there is, in any language
LEAST_PARTS = 2_000  # more than the page sends at once (js/draft.js)

ROUTES: dict[str, dict[str, Action]] = {
    "draft": {"GET": Action.SUBMISSION_EDIT},
    "write": {"POST": Action.SUBMISSION_EDIT},
    "markdown": {"POST": Action.ACCOUNT_USE},
}


@blueprint.get("/<ref>/draft")
def draft(ref: str) -> ResponseReturnValue:
    """What was changed since the `seen` draft_version, as fields of the page; and a fresh token."""
    if actor().user_id is None and wants_json():
        return signed_out(url_for("solve.edit", ref=ref))
    shown = enter(ref, Action.SUBMISSION_EDIT)
    return jsonify(_news(shown, frozenset()))


@blueprint.post("/<ref>/draft")
@uploads.reads_its_body(blueprint)
def write(ref: str) -> ResponseReturnValue:
    """Keep the parts named in `changed` (`part:draft_version it was made from`), each as far as it may be."""
    if actor().user_id is None and wants_json():
        return signed_out(url_for("solve.edit", ref=ref))
    uploads.check_header_token()
    request.max_form_memory_size = MOST_BYTES
    shown = enter(ref, Action.SUBMISSION_EDIT)
    inputs = largest(shown.form.spec, len(shown.material.indicators)).inputs
    request.max_form_parts = LEAST_PARTS + 2 * inputs  # each may be named in `changed` too
    organizations = organizations_of(actor().represents, shown.submission)
    form = draft_form(shown, organizations, request.form)
    sent = _bases()
    bases = {part: base for part, base in sent.items() if form.knows(part)}
    form.validate()
    errors = {part: wrong for part in bases if (wrong := form.errors_at(part))}
    errors |= {part: [words.say_code("field_gone")] for part in sent if part not in bases}
    i18n.reader()  # who reads is known before the gate, which has everything read anew
    good = {part: value for part, value in form.parts_of(bases).items() if part not in errors}
    with writing() as session:
        merged = merging.merge(session, actor(), ref, good, bases)
    for fault in merged.faults:
        at = [part for part in good if part.partition(".")[0] == fault.field]
        errors |= {part: [words.say(fault)] for part in at}
    shown = enter(ref, Action.SUBMISSION_EDIT)
    news = _news(shown, frozenset(bases))
    done = sorted(merged.taken | merged.same)
    conflicts = {part: _conflict(shown, merged, part, good[part]) for part in merged.conflicts}
    time = i18n.clock_time(merged.at, i18n.reader().zone or shown.round.zone)
    said = {"saved": _("Saved %(time)s", time=time), "done": done, "errors": errors, "conflicts": conflicts}
    return jsonify({**news, **said})


def _bases() -> dict[str, int]:
    found = {}
    for each in request.form.getlist("changed"):
        part, _colon, base = each.rpartition(":")
        if part and base.isdecimal():
            found[part] = int(base[:9])
    return found


def _news(shown: Shown, sent: frozenset[str]) -> dict[str, Any]:
    """Where the draft stands, and the fields that others wrote since the page saw it."""
    seen = request.values.get("seen", "")
    since = int(seen[:9]) if seen.isdecimal() else 0
    form = draft_form(shown, organizations_of(actor().represents, shown.submission))
    standing = merging.of(shown.form.spec, shown.submission)
    fresh = [part for part in standing if part not in sent and merging.mark(shown.submission, part) > since]
    listed = contents(shown)
    return {
        "draft_version": shown.submission.draft_version,
        "form": shown.form.digest,
        "token": generate_csrf(),
        "now": page_now().isoformat(),
        "fresh": {part: _field(shown, form, part) for part in fresh},
        "contents": str(get_template_attribute("components/asked.html", "contents_list")(listed)),
        "missing_line": missing_count(listed.missing),
    }


def _field(shown: Shown, form: DraftForm, part: str) -> dict[str, Any]:
    """A part of the page as it stands now."""
    drawn = get_template_attribute("components/asked.html", "part")
    html = drawn(form, part, about(shown))
    return {"html": str(html), "mark": merging.mark(shown.submission, part)}


def _conflict(shown: Shown, merged: Merged, part: str, mine: Any) -> dict[str, Any]:
    """Both words, side by side, and the field as it stands."""
    form = draft_form(shown, organizations_of(actor().represents, shown.submission))
    both = get_template_attribute("components/asked.html", "both")
    theirs = merged.conflicts[part]
    return {
        **_field(shown, form, part),
        "both": str(both(form, part, theirs, mine, shown.submission.currency)),
    }


@blueprint.post("/markdown")
def markdown() -> ResponseReturnValue:
    """Markdown as readers will see it, for the preview beside a long text."""
    require(actor(), Action.ACCOUNT_USE)
    return str(texts.markdown(request.form.get("text", "")[: LONGEST["long"]]))
