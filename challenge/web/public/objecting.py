"""Object to what stands on public notice, under one's real name; and what came of one's own objection."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import MultipleFileField, SelectField, StringField, TextAreaField

from challenge.awards import objecting, queries
from challenge.awards import objection_reads as reads
from challenge.awards.objecting import Claim
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.receiving import Limits
from challenge.files.sniffing import ACCEPT
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, Refused, TooLate, WrongState
from challenge.rules.objections import LONGEST, LONGEST_NAME, MOST_FILES
from challenge.rules.permissions import Action, require
from challenge.web import forms, objection_words, uploads, words
from challenge.web.context import page_now
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "file_objection": {"GET": Action.OBJECTION_FILE},
    "send_objection": {"POST": Action.OBJECTION_FILE},
    "objection": {"GET": Action.OBJECTION_READ},
    "withdraw_objection": {"POST": Action.OBJECTION_WITHDRAW},
}
MOST_BYTES = 20_000_000  # of one file
FIELD_BYTES = 64 * 1024  # more than fits: what is too long comes back to its field


class ObjectionForm(FlaskForm):
    """An objection."""

    entry = SelectField(_l("Which entry"), validate_choice=False)
    ground = forms.one_of(_l("What is wrong"), objection_words.GROUNDS)
    criterion = SelectField(
        _l("Which criterion"),
        description=_l("Where it is about the scoring. Leave it open if it is about the whole."),
        validate_choice=False,
    )
    judge = SelectField(
        _l("Which judge"),
        description=_l("Where it is about a conflict of interest. Leave it open if you do not know."),
        validate_choice=False,
    )
    text = TextAreaField(_l("Your objection"), render_kw={"rows": 8, "maxlength": LONGEST})
    side = forms.one_of(_l("Who you are in this"), objection_words.SIDES)
    name = StringField(
        _l("Your real name"),
        description=_l("Kept with your address for the answer. Public, judges and team never see it."),
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "name"},
    )
    files = MultipleFileField(_l("Evidence"))

    def offer(self, targets: list[reads.Target], choices: reads.Choices) -> None:
        """What can be objected to and named."""
        mine = [(each.code, _named(each)) for each in targets if each.own]
        others = [(each.code, _named(each)) for each in targets if not each.own]
        groups = {_("My entries"): mine, _("On the notice"): others}
        blank = {"": [("", _("Choose an entry"))]}
        self.entry.choices = {**blank, **{title: rows for title, rows in groups.items() if rows}}
        zh = i18n.reader().zh
        self.criterion.choices = [
            ("", _("The scoring as a whole")),
            *(
                (str(each.id), (each.name_zh if zh else each.name_en) or each.name_en or each.name_zh or "")
                for each in choices.criteria
            ),
        ]
        self.judge.choices = [
            ("", _("I do not know which")),
            *(
                (str(key), _("Phase %(number)s, %(label)s", number=number, label=label))
                for key, number, label in choices.judges
            ),
        ]

    def claim(self) -> Claim:
        """What was typed."""
        return Claim(
            ground=self.ground.data or "",
            side=self.side.data or "",
            entry=self.entry.data or "",
            text=self.text.data or "",
            name=self.name.data or "",
            criterion=_number(self.criterion.data),
            judge=_number(self.judge.data),
        )


def _named(target: reads.Target) -> str:
    return f"{target.code} {target.title}" + ("" if target.team == target.code else f" · {target.team}")


def _number(text: str | None) -> int | None:
    """A choice as a number; what is none names nothing that exists."""
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 19 else -1


@blueprint.get("/rounds/<slug>/object")
def file_objection(slug: str) -> ResponseReturnValue:
    """The form, while the notice runs."""
    round_ = _enter(slug)
    return _page(round_, ObjectionForm(formdata=None, data={"name": current_user.name}))


@blueprint.post("/rounds/<slug>/object")
@uploads.reads_its_body(blueprint)
def send_objection(slug: str) -> ResponseReturnValue:
    """File it; refused, it comes back with all that was typed."""
    try:
        round_id, limit = _limits(_enter(slug))
    except NotAllowed:
        if actor().user_id is not None:
            raise
        return _signed_out(slug)
    with uploads.receive_form(limit) as received:
        form = ObjectionForm(formdata=received.fields)
        try:
            if received.fault is not None:
                raise received.fault
            kept = received.keep()
            with writing() as session:
                ref = objecting.file(session, actor(), round_id, form.claim(), kept).ref
        except (Invalid, InvalidMany, TooLate, WrongState) as refusal:
            forms.show(form, refusal)
            return _page(_enter(slug), form, refusal), refusal.status
    flash(_("Filed. You get a letter now, and another with the answer."))
    return redirect(url_for("public.objection", ref=ref))


def _limits(round_: Round) -> tuple[int, Limits]:
    most = min(round_.max_file_bytes, MOST_BYTES)
    return round_.id, uploads.limits(present=0, most=MOST_FILES, file_bytes=most, field_bytes=FIELD_BYTES)


def _signed_out(slug: str) -> ResponseReturnValue:
    """Nobody is signed in any more: no file is taken, and what was typed is shown."""
    round_ = rounds.by_slug(db.session, slug)
    if not round_.public:
        raise NotFound
    nothing = uploads.limits(present=0, most=0, file_bytes=1, field_bytes=FIELD_BYTES)
    with uploads.receive_form(nothing) as sent:
        form = ObjectionForm(formdata=sent.fields)
        form.form_errors.append(words.say_code("signed_out_objection"))
        return _page(rounds.by_slug(db.session, slug), form), 401


def _enter(slug: str) -> Round:
    round_ = rounds.by_slug(db.session, slug)
    require(actor(), Action.OBJECTION_FILE, rounds.subject_of(round_, page_now()))
    return round_


def _page(round_: Round, form: ObjectionForm, refusal: Refused | None = None) -> str:
    notice = queries.notice(db.session, round_.id)
    closed: Refused | None = None
    try:
        objecting.check_runs(notice, page_now())
    except (TooLate, WrongState) as over:
        closed = over
    # Before a notice nobody has typed anything, and nothing of what it will hold is told.
    typed = notice is not None and (refusal is not None or bool(form.form_errors))
    if closed is None or typed:
        form.offer(reads.targets(db.session, actor(), round_.id), reads.choices(db.session, round_.id))
    return render_template(
        "public/object.html",
        round=round_,
        notice=notice,
        form=form,
        closed=words.say(closed) if closed is not None and not typed else None,
        accept=ACCEPT,
        limit=min(round_.max_file_bytes, MOST_BYTES),
        most=MOST_FILES,
    )


@blueprint.get("/objections/<ref>")
def objection(ref: str) -> ResponseReturnValue:
    """An own objection: how it stands, and the answer."""
    found = reads.by_ref(db.session, ref)
    round_ = rounds.by_id(db.session, found.round_id)
    facts: dict[str, Any] = {"kind": "objection", "state": found.state, "author_id": found.author_id}
    require(actor(), Action.OBJECTION_READ, rounds.subject_of(round_, page_now(), **facts))
    if found.author_id != actor().user_id:  # who answers reads it in the control room
        return redirect(url_for("organize.objection", slug=round_.slug, ref=ref))
    return render_template(
        "public/objection.html",
        round=round_,
        objection=found,
        files=reads.evidence(db.session, found.id),
        words=objection_words,
    )


@blueprint.post("/objections/<ref>/withdraw")
def withdraw_objection(ref: str) -> ResponseReturnValue:
    """Take it back."""
    with writing() as session:
        objecting.withdraw(session, actor(), ref)
    flash(_("Withdrawn."))
    return redirect(url_for("public.objection", ref=ref))
