"""The reader's words for refusal codes: rules raise codes, this table says them, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import amounts, i18n
from challenge.files.receiving import Size
from challenge.rules.errors import InvalidMany, Refused
from challenge.rules.money import Sum
from challenge.web import (
    account_words,
    admin_words,
    agreement_words,
    api_words,
    around_words,
    change_words,
    diagnosis_words,
    entry_words,
    evidence_words,
    face_words,
    feedback_words,
    figure_words,
    form_words,
    forum_words,
    hook_words,
    intake_words,
    judging_words,
    letter_words,
    message_words,
    milestone_words,
    objection_words,
    outcome_words,
    outreach_words,
    phase_words,
    privacy_words,
    programme_words,
    release_words,
    row_words,
    service_words,
    signing_words,
    stage_words,
    submission_words,
    supply_words,
    training_words,
)

_OWN: Mapping[str, LazyString] = {
    "not_found": _("There is no such page, or it is not for you to see."),
    "not_allowed": _("You do not hold the role that this needs. Ask the organizer for an invitation."),
    "csrf": _("This form was open too long or came without its token. Reload the page and send it again."),
    "database_away": _(
        "The database does not answer just now. Nothing was lost. Try again in a few seconds."
    ),
    "wrong_state": _("This cannot be done any more, or not yet. Reload the page to see where it stands."),
    "window_unknown": _("This stage has no dates yet."),
    "window_not_open_yet": _("This stage opens at %(at)s."),
    "window_closed": _("This stage closed at %(at)s. Your draft is kept, but it was not entered."),
    "required": _("Fill this in."),
    "not_a_time": _("Write a date and time like 2026-12-04 18:00."),
    "ambiguous_time": _("This hour happens twice on that day in %(zone)s. Choose another time."),
    "not_a_phone": _("Write a telephone number, such as 0931-1234567."),
    "region_unknown": _("Choose a place of the list, or write its code of six figures."),
    "skipped_time": _("This hour does not exist on that day in %(zone)s. Choose another time."),
    "ends_before_start": _("The end must come after the start."),
    "overlaps": _("This window overlaps the one before it. Only a rolling round may do that."),
    "out_of_order": _("This window must come after the one before it."),
    "invalid_many": _("%(count)s entries need a correction. Nothing was saved."),
    "off_scale": _("The score is off the scale: %(minimum)s to %(maximum)s."),
    "off_step": _("The score must go in steps of %(step)s."),
    "not_a_number": _("Write a number."),
    # Requirements and questions
    "one_language": _("Fill this in, in Chinese or in English."),
    "too_long": _("%(length)s characters; at most %(most)s fit."),
    "too_many_rows": _("At most %(most)s rows fit."),
    "not_a_choice": _("Choose one of the list."),
    "choose_one": _("Choose at least one."),
    "keywords_count": _("Give 1 to %(most)s keywords; there are %(count)s."),
    "keyword_long": _("A keyword has at most %(most)s characters."),
    "amount_not_a_number": _("Write a sum in figures, such as 60 or 12.5."),
    "amount_negative": _("A sum cannot be below zero."),
    "amount_too_precise": _("That is finer than the smallest coin. Use fewer decimals."),
    "amount_too_large": _("That is larger than any sum this site keeps."),
    "amount_other_unit": _("The unit that is written here differs from the one chosen beside it."),
    "min_above_max": _("The upper end of the budget is below its lower end."),
    "above_ceiling": _("%(given)s is above this round’s ceiling of %(ceiling)s."),
    "above_ceiling_meant": _("%(given)s is above the ceiling. Did you mean %(meant)s?"),
    "needs_indicator": _("Add at least one indicator with a numeric target, or one that is met or not."),
    "target_missing": _("Give the target as a number, or choose “yes or no”."),
    "target_needs_number": _("Write one number, such as 99.2. A range becomes two rows: ≥ and ≤."),
    "no_submission_window": _("This round has no dates for solutions yet. Leave this empty."),
    "outside_window": _("It must lie in the time for solutions: after %(opens)s, at the latest %(closes)s."),
    "closes_in_past": _("Its own close, %(at)s, is past: nobody could answer it. Return it for a later one."),
    "changed_meanwhile": _(
        "Somebody else saved this at %(at)s. Yours is kept on this page: copy what you need, then reload."
    ),
    "round_cancelled": _("This round was cancelled."),
    "too_many_questions": _("%(most)s questions of yours wait for an answer here. Ask again later."),
    "already_answered": _("This was answered at %(at)s. That answer can be corrected."),
    "seeker_unknown": _("No organization has this name. It has to be registered first, under Organizations."),
    # Programmes and rounds
    "title_needed": _("Give a title, in Chinese or in English."),
    "one_language_needed": _("Write a title and a text, in Chinese or in English."),
    "not_a_slug": _("Use small letters, digits and single hyphens, 2 to %(longest)s of them."),
    "slug_taken": _("This address is taken. Choose another, or leave it empty to get one."),
    "out_of_range": _("Write a whole number from %(minimum)s to %(maximum)s."),
    "not_positive": _("Write a sum above zero."),
    "not_a_zone": _("Choose a time zone of the list."),
    "fixed_after_launch": _("This stays as it was at the launch: links, shown times and sums depend on it."),
    "window_opened": _("This window has opened. Extend it or close it early, with a reason, instead."),
    "in_the_past": _("This moment has passed: it is %(now)s. Choose a later one."),
    "not_later": _("It closes at %(at)s already. Choose a later moment."),
    "extension_overlaps": _(
        "The next stage opens before that. Move the later stages along, or choose earlier."
    ),
    "window_closed_for_good": _("This window closed at %(at)s and stays closed."),
    "window_not_open_edit": _("This window has not opened. Change it in the settings."),
    "reason_needed": _("Give the reason. Those whom it concerns read it."),
    "not_launched": _("The round is a draft: nobody would see this. Launch it first."),
    "prizes_fixed": _("Prizes are fixed once judging has opened."),
    # Awards
    "ranking_missing": _("No ranking is fixed yet. Awards are proposed from a fixed ranking."),
    "already_decided": _("A seeker has spoken already, and the ranking is the same: the proposal stands."),
    "nothing_proposed": _("No award is proposed yet. Propose awards first."),
    "proposal_outdated": _(
        "The ranking or the entries changed since the awards were proposed. Propose again."
    ),
    "decisions_pending": _("The notice waits for every seeker’s word. Still missing: %(count)s."),
    "notice_started": _("The public notice has started. What was decided before it stands."),
    "notice_missing": _("Results are published after a public notice. It has not started yet."),
    "notice_running": _("The public notice runs until %(at)s. Results can be published from then on."),
    "notice_too_short": _("This round promised at least %(days)s days of public notice. Choose a later end."),
    "won_already": _("This entry has a place already. Leave that one open first."),
    "not_an_entry": _("Choose an entry of this round that still stands."),
    "entry_left": _("This entry was ruled out or withdrawn meanwhile. The organizer has to propose again."),
    "choose_entry": _("Choose an entry."),
    "not_tied": _(
        "This entry does not share the first place. To prefer it, choose “another entry” and say why."
    ),
    "same_as_proposed": _("This is the proposed entry. Confirm it, or choose another one."),
    "reason_published": _("Give the reason. It is published with the decision."),
}

_ROOMS = (
    account_words,
    message_words,
    letter_words,
    admin_words,
    api_words,
    form_words,
    forum_words,
    hook_words,
    entry_words,
    around_words,
    change_words,
    judging_words,
    feedback_words,
    objection_words,
    milestone_words,
    outreach_words,
    figure_words,
    face_words,
    phase_words,
    evidence_words,
    privacy_words,
    programme_words,
    release_words,
    row_words,
    service_words,
    signing_words,
    stage_words,
    submission_words,
    intake_words,
    diagnosis_words,
    supply_words,
    training_words,
    outcome_words,
    agreement_words,
)


def _together() -> Mapping[str, LazyString]:
    """All codes with their words; one that two rooms say would be answered in the words of the other."""
    table = dict(_OWN)
    for room in _ROOMS:
        twice = table.keys() & room.WORDS.keys()
        if twice:
            raise RuntimeError(f"{room.__name__} says codes that have words already: {sorted(twice)}")
        table.update(room.WORDS)
    return table


WORDS = _together()

STATUS_WORDS: Mapping[int, LazyString] = {
    400: _("The request could not be read. Reload the page and try again."),
    401: _("Sign in first."),
    403: _("You do not hold the role that this needs. Ask the organizer for an invitation."),
    404: _("There is no such page, or it is not for you to see."),
    405: _("This address does not take that kind of request."),
    412: _("It has changed since you read it. Read it again."),
    413: _("That is larger than this round allows. Nothing was stored."),
    415: _("This address does not take that kind of content."),
    422: _("Something in this needs a correction. Nothing was saved."),
    429: _("Too many tries in a short time. Wait a minute and try again."),
    500: _("Something broke on our side. It was recorded. What you had saved is safe."),
    503: _("The service is busy just now. Nothing was lost. Try again in a few seconds."),
    507: _("The disk is full. Nothing partial was stored. The operator has been told in the log."),
}

TITLES: Mapping[int, LazyString] = {
    400: _("Not understood"),
    401: _("Not signed in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not like this"),
    409: _("Not now"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    415: _("Another type"),
    422: _("Needs a correction"),
    428: _("State not named"),
    429: _("Too many tries"),
    500: _("Our mistake"),
    503: _("Back in a moment"),
    507: _("No room"),
}


def say(error: Refused) -> str:
    """A refusal as one sentence or two, in the reader's language; instants in the reader's zone."""
    if isinstance(error, InvalidMany) and len(error.faults) == 1:
        return say(error.faults[0])
    return say_code(error.code, **error.params)


def say_code(code: str, **params: object) -> str:
    """The words of a code; a code without words says where it came from rather than nothing."""
    # A refusal about a round's own times names its zone: the form beside it is written in that zone.
    zone = str(params.get("zone") or i18n.reader().zone or current_app.config["SETTINGS"].default_zone)
    shown = {name: _shown(value, zone) for name, value in params.items()}
    text = WORDS.get(code)
    if text is None:
        return gettext("This was refused (%(code)s).", code=code)
    return str(text) % shown if shown else str(text)


def _shown(value: object, zone: str) -> object:
    """A parameter in the reader's way: instants in a zone, sums and sizes with units."""
    if isinstance(value, dt.datetime):
        return i18n.when(value, zone)
    if isinstance(value, Size):
        return i18n.filesize(value.bytes)
    return amounts.money(value.minor, value.currency) if isinstance(value, Sum) else value


def say_status(status: int) -> str:
    """The words of a bare status code."""
    return str(STATUS_WORDS.get(status) or STATUS_WORDS[400 if status < 500 else 500])


def title(status: int) -> str:
    """The heading of an error page."""
    return str(TITLES.get(status) or TITLES[400 if status < 500 else 500])
