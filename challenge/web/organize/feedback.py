"""What teams get to read of their judging: chosen, looked through, previewed, released once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import BooleanField

from challenge.awards import comments, feedback, releasing, ruling
from challenge.awards.comments import Written
from challenge.awards.feedback_models import PhaseFeedback
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.judging import behind
from challenge.judging.models import Phase
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import feedback_words, forms, phase_words, words
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter, enter_phase, phase_number
from challenge.web.organize.wording import told_words

ROUTES: dict[str, dict[str, Action]] = {
    "feedback": {"GET": Action.FEEDBACK_READ},
    "choose_feedback": {"POST": Action.FEEDBACK_EDIT},
    "rule_comment": {"POST": Action.FEEDBACK_EDIT},
    "feedback_preview": {"GET": Action.FEEDBACK_READ},
    "release_feedback": {"POST": Action.FEEDBACK_RELEASE},
}


class FeedbackForm(FlaskForm):
    """What the teams of a phase will read."""

    scores = forms.one_of(_l("Scores"), feedback_words.SCORES)
    standing = forms.one_of(_l("Where the entry stands"), feedback_words.STANDINGS)
    comments = BooleanField(_l("The judges’ comments to the team"))
    names = BooleanField(
        _l("Beside each comment, who wrote it"), description=_l("Only where the phase is open.")
    )
    on_criteria = BooleanField(
        _l("The judges’ comments on single criteria"),
        description=_l(
            "Only those that you release one by one, below; the team reads them beside the criterion."
        ),
    )

    def fill(self, chosen: PhaseFeedback | None) -> FeedbackForm:
        """Show what is stored; before that, what most rounds release."""
        self.scores.data = chosen.scores if chosen is not None else "totals"
        self.standing.data = chosen.standing if chosen is not None else "none"
        self.comments.data = chosen.comments if chosen is not None else True
        self.names.data = chosen.names if chosen is not None else False
        self.on_criteria.data = chosen.on_criteria if chosen is not None else False
        return self

    def choice(self) -> releasing.Choice:
        """What was typed."""
        words = (bool(field.data) for field in (self.comments, self.names, self.on_criteria))
        return releasing.Choice(self.scores.data, self.standing.data, *words)


def _open(key: str) -> Callable[[Written], object]:
    """What stands there unless the reader is behind the entry."""
    return lambda row: None if row.own else getattr(row, key)


COLUMNS = files.columns(
    "code label criterion text state instead",
    criterion="name",
    state="verdict",
    text=_open("text"),
    instead=_open("instead"),
)


@blueprint.get("/rounds/<slug>/feedback", endpoint="feedback")
def feedback_page(slug: str) -> ResponseReturnValue:
    """What was chosen, the comments, and the way to the release."""
    round_, shown = enter_phase(slug, Action.FEEDBACK_READ)
    if shown is not None and files.asked():
        chosen, me = releasing.chosen(db.session, shown.id), actor()
        with_criteria = chosen is not None and chosen.on_criteria
        own = behind.of_phase(db.session, me, shown) if with_criteria else frozenset[int]()
        written = comments.of_phase(db.session, shown, me.user_id)

        def batch(session: Session, after: int | None, limit: int) -> Sequence[Written]:
            """The words on the whole, then those on criteria where the round releases any."""
            begin = after or 0
            rows = written[begin : begin + limit]
            more = limit - len(rows) if with_criteria else 0
            start = max(0, begin - len(written))
            return (*rows, *(comments.on_criteria(session, shown, own, start, more).rows if more else ()))

        file = files.taken(
            f"feedback-{slug}",
            COLUMNS,
            batch,
            after=None,
            personal=True,
            round_=round_,
        )
        if file is not None:
            return file
    return _page(round_, shown)


@blueprint.post("/rounds/<slug>/feedback")
def choose_feedback(slug: str) -> ResponseReturnValue:
    """Keep what the teams will read."""
    round_ = enter(slug, Action.FEEDBACK_EDIT)
    form = FeedbackForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                releasing.choose(session, actor(), round_.id, phase_number(), form.choice())
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved. Nobody reads it before you release it."))
            return redirect(url_for("organize.feedback", slug=slug))
    return _page(*enter_phase(slug, Action.FEEDBACK_EDIT), form), 422


@blueprint.post("/rounds/<slug>/feedback/comments/<ref>")
def rule_comment(slug: str, ref: str) -> ResponseReturnValue:
    """Decide about one comment."""
    round_ = enter(slug, Action.FEEDBACK_EDIT)
    verdict, text = request.form.get("verdict", ""), request.form.get("text", "")
    criterion = request.form.get("criterion", type=int)
    key = ref if criterion is None else f"{ref}-{criterion}"
    try:
        with writing() as session:
            ruling.rule(session, actor(), round_.id, phase_number(), ref, verdict, text, criterion)
    except Invalid as refusal:
        refused = {key: (words.say(refusal), text)}
        return _page(*enter_phase(slug, Action.FEEDBACK_EDIT), refused=refused), 422
    flash(_("Decided."))
    anchor = "comments" if criterion is None else "on-criteria"
    return redirect(url_for("organize.feedback", slug=slug, _anchor=anchor))


@blueprint.get("/rounds/<slug>/feedback/preview")
def feedback_preview(slug: str) -> ResponseReturnValue:
    """One entry's feedback exactly as its team will see it."""
    round_, shown = enter_phase(slug, Action.FEEDBACK_READ)
    if shown is None:
        raise NotFound
    code = request.args.get("code", "").strip()
    entry = feedback.entry_by_code(db.session, round_.id, code, actor().user_id)
    return draw(
        "organize/feedback_preview.html",
        round_,
        here="feedback",
        phase=shown,
        code=code,
        known=entry is not None,
        given=feedback.preview(db.session, shown.id, entry) if entry is not None else None,
        phase_name=phase_words.phase_name,
    )


@blueprint.post("/rounds/<slug>/feedback/release")
def release_feedback(slug: str) -> ResponseReturnValue:
    """Let the teams read it."""
    round_ = enter(slug, Action.FEEDBACK_RELEASE)
    try:
        with writing() as session:
            releasing.release(session, actor(), round_.id, phase_number())
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Released. Every team is told by mail."))
    return redirect(url_for("organize.feedback", slug=slug))


def _page(
    round_: Round,
    shown: Phase | None,
    form: FeedbackForm | None = None,
    refused: dict[str, tuple[str, str]] | None = None,
) -> str:
    if shown is None:
        return draw("organize/feedback.html", round_, here="feedback", phase=None)
    chosen = releasing.chosen(db.session, shown.id)
    written = comments.of_phase(db.session, shown, actor().user_id)
    begin, start = (min(max(request.args.get(name, 0, type=int), 0), 10**6) for name in ("from", "on"))
    with_criteria = chosen is not None and chosen.on_criteria
    own = behind.of_phase(db.session, actor(), shown) if with_criteria else frozenset[int]()
    on_criteria = comments.on_criteria(db.session, shown, own, start) if with_criteria else None
    subject = rounds.subject_of(round_, page_now())
    return draw(
        "organize/feedback.html",
        round_,
        here="feedback",
        phase=shown,
        chosen=chosen,
        form=form or FeedbackForm(formdata=None).fill(chosen),
        written=written[begin : begin + comments.PAGE],
        begin=begin,
        more=begin + comments.PAGE if len(written) > begin + comments.PAGE else None,
        on_criteria=on_criteria,
        start=start,
        further=start + comments.PAGE if on_criteria and on_criteria.count > start + comments.PAGE else None,
        count=len(written),
        undecided=sum(each.undecided for each in written),
        refused=refused or {},
        editable=can(actor(), Action.FEEDBACK_EDIT, subject),
        ready=releasing.ready(db.session, shown.id),
        told=told_words(previews.told(db.session, "feedback.released", round_.id, phase_id=shown.id)),
        releases=can(actor(), Action.FEEDBACK_RELEASE, subject),
    )
