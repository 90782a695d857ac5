"""The milestones of an agreement: the board, one milestone, a delivery, its files; and all that is due."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import carrying_out, closing_reports, delivering, milestone_reads
from challenge.agreements.milestone_models import Milestone
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.files.sniffing import ACCEPT
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.milestones import FILE_MOST_BYTES, FILES_MOST, NOTE_MOST
from challenge.rules.permissions import Action, require
from challenge.rules.services import day_at
from challenge.web import forms, milestone_words, uploads, words
from challenge.web.agree import carried_out
from challenge.web.agree.carried_out import Shown, draw, enter
from challenge.web.agree.milestone_forms import deliver_form, handed, ruling_form
from challenge.web.agree.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "due": {"GET": Action.ACCOUNT_USE},
    "milestones": {"GET": Action.AGREEMENT_READ},
    "milestone": {"GET": Action.AGREEMENT_READ},
    "deliver": {"GET": Action.MILESTONE_DELIVER},
    "send_delivery": {"POST": Action.MILESTONE_DELIVER},
    "delivery_file": {"GET": Action.AGREEMENT_READ},
}
FIELD_BYTES = 4 * NOTE_MOST


@blueprint.get("/due")
def due() -> ResponseReturnValue:
    """What is due or waits in all agreements that concern me: as a party, as an organizer, as a broker."""
    require(actor(), Action.ACCOUNT_USE)
    rows = milestone_reads.due(db.session, actor(), page_now().date())
    return render_template("agree/milestone_due.html", rows=rows, words=milestone_words, plain_day=day_at)


@blueprint.get("/<ref>/milestones")
def milestones(ref: str) -> ResponseReturnValue:
    """The board: each milestone with its day and state, the payments, the handover records."""
    shown = enter(ref)
    board = milestone_reads.board(db.session, shown.agreement)
    ended = shown.in_force and not board.open and shown.may(Action.AGREEMENT_COMPLETE)
    return draw(
        "agree/milestone_board.html",
        shown,
        here_tab="milestones",
        board=board,
        overdue=milestone_reads.overdue,
        completes=ended,
        reports=closing_reports.is_open(shown.agreement, board.open),
    )


@blueprint.get("/<ref>/milestones/<int(max=99999):place>")
def milestone(ref: str, place: int) -> ResponseReturnValue:
    """One milestone: what was agreed on, what was delivered, how it was ruled on."""
    return page(enter(ref), place)


def page(shown: Shown, place: int, refused: Any = None) -> ResponseReturnValue:
    """`refused`: a ruling that came back."""
    found = carrying_out.milestone_at(db.session, shown.agreement, place)
    deliveries = milestone_reads.deliveries(db.session, found)
    waiting = next((each for each in deliveries if each.state == "delivered"), None)
    rules = waiting is not None and shown.in_force and shown.may(Action.MILESTONE_RULE)
    form = refused or (ruling_form(found, waiting) if waiting is not None and rules else None)
    drawn = draw(
        "agree/milestone.html",
        shown,
        here_tab="milestones",
        milestone=found,
        deliveries=deliveries,
        handover=milestone_reads.handover_of(db.session, found) if found.state == "accepted" else None,
        waiting=waiting,
        form=form if rules else None,
        delivers=_open(shown, found) and shown.may(Action.MILESTONE_DELIVER),
        late=milestone_reads.overdue(found, shown.today),
    )
    return drawn, 422 if refused is not None else 200


def _open(shown: Shown, found: Milestone) -> bool:
    """Whether it can be delivered now."""
    return shown.in_force and found.state in milestone_reads.OPEN


@blueprint.get("/<ref>/milestones/<int(max=99999):place>/deliver")
def deliver(ref: str, place: int) -> ResponseReturnValue:
    """Write a delivery; where none can be made now, the milestone's page says why."""
    shown = enter(ref, Action.MILESTONE_DELIVER)
    found = carrying_out.milestone_at(db.session, shown.agreement, place)
    if not _open(shown, found):
        return redirect(url_for("agree.milestone", ref=ref, place=place))
    return _form(shown, found, deliver_form(found))


@blueprint.post("/<ref>/milestones/<int(max=99999):place>/deliver")
@uploads.reads_its_body(blueprint)
def send_delivery(ref: str, place: int) -> ResponseReturnValue:
    """Deliver it, with its files."""
    shown = enter(ref, Action.MILESTONE_DELIVER)
    found = carrying_out.milestone_at(db.session, shown.agreement, place)
    allowed = uploads.limits(present=0, most=FILES_MOST, file_bytes=FILE_MOST_BYTES, field_bytes=FIELD_BYTES)
    there = redirect(url_for("agree.milestone", ref=ref, place=place))
    with uploads.receive_form(allowed) as received:
        form: Any = deliver_form(found, received.fields)
        try:
            if received.fault is not None:
                raise received.fault
            kept = received.keep()
            with writing() as session:
                made = delivering.deliver(session, actor(), ref, place, handed(found, form, kept))
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        except WrongState as refusal:
            flash(words.say(refusal), "error")
            return there
        else:
            flash(_("Delivery %(number)s is with the other side now.", number=made.number))
            return there
    shown = enter(ref, Action.MILESTONE_DELIVER)  # what the upload let go of is read anew
    return _form(shown, carrying_out.milestone_at(db.session, shown.agreement, place), form)


def _form(shown: Shown, found: Milestone, form: Any) -> ResponseReturnValue:
    drawn = draw(
        "agree/milestone_deliver.html",
        shown,
        here_tab="milestones",
        milestone=found,
        form=form,
        accept=ACCEPT,
        limit=FILE_MOST_BYTES,
        most=FILES_MOST,
    )
    return drawn, 422 if form.errors or form.form_errors else 200


@blueprint.get(
    "/<ref>/milestones/<int(max=99999):place>/deliveries/<int(max=99999):number>/files/<int(max=99999):file>"
)
def delivery_file(ref: str, place: int, number: int, file: int) -> ResponseReturnValue:
    """One file of a delivery, to whoever may read the agreement."""
    shown = carried_out.enter(ref)
    found = carrying_out.milestone_at(db.session, shown.agreement, place)
    row = milestone_reads.file_at(db.session, found, number, file)
    db.session.close()  # no connection is held while the bytes go out
    return send(row.sha256, row.size, row.media_type, row.name)
