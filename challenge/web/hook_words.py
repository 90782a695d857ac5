"""Words for webhooks: what can be sent, what came back, what is refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "webhook_not_https": _("Deliveries travel encrypted: the address begins with https://."),
    "webhook_not_public": _("This address lies in a private network. Give one of the public internet."),
    "webhook_off": _("It is switched off. Switch it on first."),
}
EVENTS: Mapping[str, LazyString] = {
    "ping": _("Trial"),
    "round.launched": _("A round was launched"),
    "round.requirements_opened": _("The call for requirements opened"),
    "round.requirements_closed": _("The call for requirements closed"),
    "round.submission_opened": _("Submission opened"),
    "round.submission_closed": _("Submission closed"),
    "round.judging_opened": _("Judging opened"),
    "round.judging_closed": _("Judging closed"),
    "round.award_opened": _("The award stage opened"),
    "round.award_closed": _("The award stage closed"),
    "round.extended": _("A deadline was extended"),
    "round.cancelled": _("A round was cancelled"),
    "requirement.submitted": _("A requirement was handed in"),
    "requirement.returned": _("A requirement was returned"),
    "requirement.rejected": _("A requirement was rejected"),
    "requirement.published": _("A requirement was published"),
    "requirement.changed": _("A published requirement changed"),
    "requirement.withdrawn": _("A requirement was withdrawn"),
    "question.asked": _("A question was asked"),
    "question.answered": _("A question was answered"),
    "announcement.posted": _("An announcement was posted"),
    "submission.submitted": _("A solution was submitted"),
    "submission.withdrawn": _("A solution was withdrawn"),
    "submission.reinstated": _("A withdrawn solution came back"),
    "ranking.fixed": _("A ranking was fixed"),
    "notice.started": _("The public notice started"),
    "awards.published": _("Results were published"),
    "decision.asked": _("A decision is asked for"),
    "decision.made": _("A decision was made"),
}
# Why nothing came back.
FAULTS: Mapping[str, LazyString] = {
    "not_a_web_page": _("The address is none."),
    "not_https": _("The address is not https."),
    "not_public": _("The name leads into a private network."),
    "no_such_host": _("There is no such host."),
    "not_trusted": _("The certificate is not valid for this name."),
    "too_slow": _("No answer within ten seconds."),
    "no_answer": _("The receiver broke off or could not be reached."),
    "redirected": _("It answered with a redirect, which is not followed."),
}
