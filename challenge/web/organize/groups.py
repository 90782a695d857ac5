"""Messages to a group: chosen part by part, previewed with the exact number, confirmed, stopped in time."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.flow import groups, segments
from challenge.flow.groups import Confirmed, Words
from challenge.flow.segments import Segment
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, can
from challenge.rules.segments import BODY, CONFIRMED_ANEW, DELAYS, PARTS, SUBJECT
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.message_words import DELAY_WORDS, PART_WORDS, ROLE_WORDS
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "groups": {"GET": Action.ROUND_CONTROL, "POST": Action.GROUP_WRITE},
    "stop_group": {"POST": Action.GROUP_WRITE},
}


class GroupForm(FlaskForm):
    """To whom, what, and the marks of what was seen before."""

    ref = HiddenField()
    digest = HiddenField()
    parts = SelectMultipleField(_l("To whom"), choices=forms.in_words(PART_WORDS), validate_choice=False)
    phase = IntegerField(
        _l("Only of judging phase"),
        [Optional()],
        description=_l("A number narrows judges and entries to that phase. Left empty, all phases count."),
        render_kw={"inputmode": "numeric"},
    )
    subject_zh = StringField(_l("Subject in Chinese"), render_kw={"maxlength": SUBJECT})
    subject_en = StringField(_l("Subject in English"), render_kw={"maxlength": SUBJECT})
    body_zh = TextAreaField(_l("Text in Chinese"), render_kw={"maxlength": BODY, "rows": 6})
    body_en = TextAreaField(_l("Text in English"), render_kw={"maxlength": BODY, "rows": 6})
    minutes = forms.one_of(_l("Goes out"), DELAY_WORDS, default=str(DELAYS[0]))
    typed = IntegerField(_l("Type the number once more"), [Optional()], render_kw={"autocomplete": "off"})

    def words(self) -> Words:
        """What was typed."""
        return Words(**{name: self[name].data or "" for name in Words.__dataclass_fields__})

    def confirmed(self) -> Confirmed:
        """What the reader saw of it before."""
        ref = self.ref.data or ""
        if len(ref) != len(new_ref()):
            raise Invalid("parts", "segment_unseen")
        return Confirmed(ref, self.digest.data or "", self.typed.data, int(self.minutes.data or DELAYS[0]))


@blueprint.route("/rounds/<slug>/groups", methods=["GET", "POST"], endpoint="groups")
def groups_page(slug: str) -> ResponseReturnValue:
    """The form; its first button shows who would get what, its second sends."""
    round_ = enter(slug, Action.GROUP_WRITE if request.method == "POST" else Action.ROUND_CONTROL)
    form, wanted = GroupForm(), None
    if form.validate_on_submit():
        try:
            wanted = segments.segment(round_.id, form.parts.data or [], form.phase.data)
            if request.form.get("step") == "send":
                with writing() as session:
                    message = groups.confirm(session, actor(), wanted, form.words(), form.confirmed())
                    count = message.count
                flash(ngettext("It goes to %(num)s person.", "It goes to %(num)s people.", count))
                return redirect(url_for("organize.groups", slug=slug))
            groups.check(form.words())
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.GROUP_WRITE)
    return _page(round_, form, wanted if request.method == "POST" else None)


def _page(round_: Round, form: GroupForm, wanted: Segment | None) -> ResponseReturnValue:
    writes = can(actor(), Action.GROUP_WRITE, queries.subject_of(round_, page_now()))
    seen, lines = None, []
    if wanted is not None and writes:
        seen = segments.reached(db.session, wanted)
        sealed = round_.sealed and round_.unsealed_at is None
        found = segments.lines(db.session, wanted, sealed=sealed, me=actor().user_id or 0)
        lines = [(each.name, PART_WORDS[each.role]) for each in found]
        # What the next button confirms is what is shown now.
        form.digest.data, form.ref.data = seen.digest, form.ref.data or new_ref()
    page = draw(
        "organize/groups.html",
        round_,
        here="groups",
        form=form,
        writes=writes and round_.launched_at is not None,
        seen=seen,
        lines=lines,
        anew=CONFIRMED_ANEW,
        parts=[(ROLE_WORDS[role], [f"{role}:{state}" for state in states]) for role, states in PARTS.items()],
        part_words=PART_WORDS,
        rows=groups.messages(db.session, round_.id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/groups/<ref>/stop")
def stop_group(slug: str, ref: str) -> ResponseReturnValue:
    """While it waits: it goes to nobody."""
    round_ = enter(slug, Action.GROUP_WRITE)
    try:
        with writing() as session:
            groups.stop(session, actor(), round_.id, ref)
    except WrongState:
        flash(_("It has gone out already."), "error")
    else:
        flash(_("Stopped. It goes to nobody."))
    return redirect(url_for("organize.groups", slug=slug))
