"""The audit trail of a round: every change of state, in words, by its place in the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.accounts.models import User
from challenge.audit import chain, trail
from challenge.audit.trail import Line
from challenge.base import i18n
from challenge.base.db import db
from challenge.rules.permissions import Action
from challenge.submissions import extensions
from challenge.submissions.extensions import Given
from challenge.web import (
    admin_words,
    agreement_words,
    around_words,
    change_words,
    diagnosis_words,
    evidence_words,
    face_words,
    feedback_words,
    figure_words,
    intake_words,
    letter_words,
    listing,
    message_words,
    milestone_words,
    objection_words,
    outcome_words,
    outreach_words,
    privacy_words,
    release_words,
    service_words,
    signing_words,
    stage_words,
    training_words,
)
from challenge.web.listing import Column, List
from challenge.web.organize.forms import STAGE_WORDS
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.public.lists import number_key

PAGE = 50
EXTENDED, GIVEN = "submission.extended", "extension_id"
ROUTES: dict[str, dict[str, Action]] = {"audit": {"GET": Action.AUDIT_READ}}
COLUMNS: tuple[Column[Line], ...] = (
    Column("seq", _("Place in the chain"), lambda line: line.seq),
    Column("at", _("Time"), lambda line: line.at),
    Column("action", _("What"), lambda line: line.action),
    Column("subject", _("Of what"), lambda line: line.subject),
    Column("hash", _("Hash"), lambda line: line.hash),
)

# action -> (tone, icon, words). An action without words is shown by its own name rather than hidden.
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "round.created": ("", "draft", _("The round was drafted")),
    "round.imported": ("", "down", _("The round was imported")),
    "round.arrived": ("", "down", _("The round came from another installation, whole")),
    "round.edited": ("", "edit", _("The settings were changed")),
    "round.texts_edited": ("", "edit", _("The texts were changed")),
    "round.prizes_edited": ("", "medal", _("The prizes were changed")),
    "round.launched": ("good", "open", _("The round was launched")),
    "round.extended": ("warn", "calendar", _("A window was extended")),
    "round.closed_early": ("warn", "lock", _("A window was closed early")),
    "round.cancelled": ("bad", "x", _("The round was cancelled")),
    "round.key_released": ("good", "open", _("The key of the sealed round was released")),
    "round.key_not_released": ("bad", "lock", _("The key of the sealed round could not be released")),
    "round.key_destroyed": ("bad", "x", _("The key of the sealed round was destroyed")),
    "round.unsealed": ("good", "open", _("The sealed submissions were opened")),
    "round.requirements_opened": ("good", "open", _("The call for requirements opened")),
    "round.requirements_closed": ("", "lock", _("The call for requirements closed")),
    "round.submission_opened": ("good", "open", _("Submission opened")),
    "round.submission_closed": ("", "lock", _("Submission closed")),
    "round.judging_opened": ("good", "open", _("Judging opened")),
    "round.judging_closed": ("", "lock", _("Judging closed")),
    "round.award_opened": ("good", "open", _("The award stage opened")),
    "round.award_closed": ("", "lock", _("The award stage closed")),
    "round.entry_changed": ("", "edit", _("The rules of entry were changed")),
    **admin_words.ACTIONS,
    **around_words.ACTIONS,
    **change_words.ACTIONS,
    **feedback_words.ACTIONS,
    **objection_words.ACTIONS,
    **milestone_words.ACTIONS,
    **outreach_words.ACTIONS,
    **evidence_words.ACTIONS,
    **privacy_words.ACTIONS,
    **release_words.ACTIONS,
    **figure_words.ACTIONS,
    **service_words.ACTIONS,
    **signing_words.ACTIONS,
    **training_words.ACTIONS,
    **message_words.ACTIONS,
    **letter_words.ACTIONS,
    **outcome_words.ACTIONS,
    **face_words.ACTIONS,
    **stage_words.ACTIONS,
    **intake_words.ACTIONS,
    **diagnosis_words.ACTIONS,
    **agreement_words.ACTIONS,
    "form.changed": ("", "edit", _("The submission form was published")),
    "announcement.posted": ("", "megaphone", _("An announcement was posted")),
    "question.asked": ("", "chat", _("A question was asked")),
    "question.answered": ("", "chat", _("A question was answered")),
    "requirement.created": ("", "draft", _("A requirement was drafted")),
    "requirement.submitted": ("", "up", _("A requirement was handed in")),
    "requirement.returned": ("warn", "back", _("A requirement was returned")),
    "requirement.rejected": ("", "x", _("A requirement was rejected")),
    "requirement.published": ("good", "open", _("A requirement was published")),
    "requirement.withdrawn": ("", "x", _("A requirement was withdrawn")),
    "requirements.imported": ("", "down", _("Requirements were imported")),
    "submission.started": ("", "draft", _("A submission was begun")),
    "submission.submitted": ("good", "check", _("A submission was handed in")),
    EXTENDED: ("warn", "calendar", _("A submission got more time")),
    "submission.opted_in": ("", "clock", _("A team asked to be entered at the close")),
    "submission.opted_out": ("", "clock", _("A team does not want to be entered at the close any more")),
    "submission.not_entered": ("warn", "x", _("A draft could not be entered at the close")),
    "submission.seal_broken": ("bad", "lock", _("A sealed submission could not be opened")),
    "submission.withdrawn": ("", "x", _("A submission was withdrawn")),
    "submission.refused_late": ("warn", "clock", _("A submission came too late and was refused")),
    "submission.reinstated": ("good", "check", _("A submission stands in the round again")),
    "submission.correction_asked": ("warn", "back", _("A correction was asked for")),
    "submission.ruling_announced": ("warn", "warn", _("A ruling out was announced")),
    "submission.replied": ("", "chat", _("A team replied")),
    "submission.found_eligible": ("good", "check", _("A submission was found eligible")),
    "submission.ruled_out": ("bad", "warn", _("A submission was ruled out")),
    "team.invited": ("", "users", _("A team member was invited")),
    "team.joined": ("", "users", _("A team member joined")),
    "team.left": ("", "users", _("A team member left")),
    "team.removed": ("", "users", _("A team member was removed")),
    "team.handed_over": ("", "users", _("A team has another owner")),
    "team.link_made": ("", "link", _("A place in a team was offered by link")),
    "team.link_revoked": ("", "x", _("A place in a team was taken back")),
    "invitation.created": ("", "mail", _("An invitation was sent")),
    "invitation.sent_again": ("", "mail", _("An invitation was sent again")),
    "invitation.accepted": ("", "check", _("An invitation was accepted")),
    "invitation.declined": ("", "x", _("An invitation was declined")),
    "invitation.revoked": ("", "x", _("An invitation was taken back")),
    "rubric.edited": ("", "scale", _("The rubric was changed")),
    "method.declared": ("", "scale", _("The method of the ranking was declared")),
    "phase.added": ("", "scale", _("A judging phase was added")),
    "phase.edited": ("", "scale", _("A judging phase was changed")),
    "phase.flag_set": ("", "scale", _("From which spread on entries are flagged was changed")),
    "phase.extended": ("warn", "calendar", _("A judging phase was extended")),
    "phase.removed": ("", "x", _("A judging phase was taken away")),
    "phase.closed": ("info", "lock", _("A judging phase closed")),
    "phase.carried_on": ("info", "list", _("Entries went on to the next judging phase")),
    "phase.announced": ("info", "mail", _("Teams were told who goes on")),
    "judge.joined": ("", "gavel", _("A judge joined the panel")),
    "judge.removed": ("", "x", _("A judge left the panel")),
    "judge.capacity_set": ("", "gavel", _("How many entries a judge reads at most was set")),
    "conflict.found": ("warn", "shield", _("A possible conflict of a judge was found")),
    "conflict.gone": ("", "shield", _("The data no longer show a conflict")),
    "conflict.reopened": ("warn", "shield", _("A conflict has new evidence: the decision is open again")),
    "conflict.confirmed": ("warn", "shield", _("A conflict of a judge was confirmed")),
    "conflict.dismissed": ("", "shield", _("A possible conflict was dismissed")),
    "conflict.overridden": ("warn", "shield", _("A conflict was overridden, with a reason")),
    "conflict.restored": ("", "shield", _("An overridden conflict counts again")),
    "judge.invited": ("", "gavel", _("A judge joined the panel")),
    "assignment.made": ("", "gavel", _("Submissions were assigned to a judge")),
    "assignment.pinned": ("", "lock", _("An assignment was pinned")),
    "assignment.unpinned": ("", "open", _("An assignment was unpinned")),
    "assignment.accepted": ("", "check", _("A judge accepted an assignment")),
    "assignment.declined": ("", "x", _("A judge declined an assignment")),
    "assignment.recused": ("warn", "shield", _("A judge stepped back for a conflict")),
    "assignment.abstained": ("", "x", _("A judge abstains on an entry")),
    "assignment.conflicted": ("warn", "shield", _("An assigned judge has a conflict now")),
    "assignment.cleared": ("", "check", _("A conflict of a judge is gone")),
    "assignment.replaced": ("", "refresh", _("A judge was replaced")),
    "pair.compared": ("", "scale", _("Two entries were compared")),
    "ballot.locked": ("", "lock", _("A ballot was locked")),
    "vote.put_up": ("", "list", _("Entries were put up for the public vote")),
    "scorecard.locked": ("", "lock", _("A scorecard was locked")),
    "scorecard.reopen_asked": ("", "chat", _("A judge asked for a scorecard to be opened again")),
    "scorecard.reopened": ("warn", "open", _("A locked scorecard was opened again")),
    "discussion.said": ("", "chat", _("A judge wrote in the discussion of an entry")),
    "ranking.fixed": ("info", "list", _("The ranking was fixed")),
    "tie.decided": ("info", "gavel", _("A tie was decided by people")),
    "awards.proposed": ("info", "medal", _("Awards were proposed")),
    "award.by_hand": ("warn", "medal", _("An award was set by hand")),
    "decision.asked": ("", "mail", _("A seeker was asked to decide")),
    "decision.made": ("info", "check", _("A seeker decided")),
    "notice.started": ("info", "clock", _("The public notice began")),
    "awards.published": ("good", "medal", _("The results were published")),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as the page draws it."""

    line: Line
    tone: str
    icon: str
    text: str
    by: str
    said: str = ""  # the reason that stands in a row of its own

    @property
    def at(self) -> dt.datetime:
        """When it happened."""
        return self.line.at


@blueprint.get("/rounds/<slug>/audit")
def audit(slug: str) -> ResponseReturnValue:
    """A page of the round's trail, newest first."""
    round_ = enter(slug, Action.AUDIT_READ)
    if form := listing.asked():
        name = chain.round_chain(round_.id)
        wanted = List(
            name=f"audit-{round_.slug}",
            columns=COLUMNS,
            batch=lambda session, after, limit: trail.page(session, name, before=after, limit=limit),
            after=lambda line: line.seq,
            zone=round_.zone,
        )
        return listing.file(form, wanted)
    before = number_key(request.args.get("before"))
    lines = trail.page(db.session, chain.round_chain(round_.id), before=before, limit=PAGE + 1)
    older = url_for("organize.audit", slug=slug, before=lines[PAGE - 1].seq) if lines[PAGE:] else None
    newest = url_for("organize.audit", slug=slug) if before else None
    return draw(
        "organize/audit.html",
        round_,
        here="audit",
        lines=shown(lines[:PAGE], round_.zone),
        older=older,
        newest=newest,
    )


def shown(lines: Iterable[Line], zone: str) -> list[Shown]:
    """Entries in words, with the names of those who acted: a statement for all names, one for extensions."""
    lines = list(lines)
    ids = {line.user_id for line in lines if line.user_id is not None}
    names = _names(ids) if ids else {}
    given = extensions.named(db.session, {int(line.detail[GIVEN]) for line in lines if GIVEN in line.detail})
    return [_shown(line, names, given.get(line.detail.get(GIVEN, 0)), zone) for line in lines]


def _names(ids: set[int]) -> dict[int, str]:
    query = sa.select(User.id, User.name, User.email).where(User.id.in_(ids))
    return {user_id: name or email for user_id, name, email in db.session.execute(query)}


def _shown(line: Line, names: Mapping[int, str], given: Given | None, zone: str) -> Shown:
    tone, icon, text = ACTIONS.get(line.action, ("", "info", line.action))
    if line.user_id is not None:
        by = names.get(line.user_id) or gettext("a person whose account is gone")
    else:
        by = gettext("the scheduler") if line.actor == "system" else gettext("a visitor")
    extended = line.action == EXTENDED
    more = _longer(line, given, zone) if extended else stage_of(line.action, line.detail)
    words = gettext("%(what)s: %(stage)s", what=text, stage=more) if more else str(text)
    return Shown(line, tone, icon, words, by, given.reason if given else "")


def _longer(line: Line, given: Given | None, zone: str) -> str:
    """Which submission got more time, and until when; before extensions had rows the record had no code."""
    if given is None:
        until = dt.datetime.fromisoformat(line.detail["until"])
        return gettext("until %(when)s", when=i18n.when(until, zone))
    return gettext("%(code)s, until %(when)s", code=given.code, when=i18n.when(given.until_at, zone))


def stage_of(action: str, detail: Mapping[str, object]) -> str:
    """Which stage an override was about; openings and closings say it in their own words."""
    stage = str(detail.get("stage"))
    told = action.endswith(("_opened", "_closed"))
    return str(STAGE_WORDS[stage]) if stage in STAGE_WORDS and not told else ""
