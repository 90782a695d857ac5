"""The traceable record of one thing: who reads it, and what of the trail each kind of reader finds in it.

An entry stands in the record by its subject ("requirement:17"); this table says, for each kind of reader and
each kind of subject, which actions they see. What is not named here is seen by organizers alone, and what is
in `LEFT_OUT` by nobody: it says nothing of how the thing came about, or says it twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.actors import Actor, Subject
from challenge.rules.predicates import Row, admin, author, broker, caring, member, organizer, party, seeker

# Of a need its seeker and its broker, of an entry its team, of an agreement its parties and its broker.
RECORDS: Mapping[Action, tuple[Row, ...]] = {
    Action.RECORD_READ: (
        (organizer,),
        (admin,),
        (seeker,),
        (broker, caring),
        (broker, author),
        (member,),
        (party,),
    ),
}

KINDS = ("need", "submission", "award", "agreement")  # what has a record
PARTS = (
    *("need", "distribution", "docking", "solutions", "judging"),
    *("award", "agreement", "delivery", "services"),
)

# The part of an entry is that of its action, or of what its action begins with.
PART_OF_KIND: Mapping[str, str] = {
    **dict.fromkeys(("requirement", "change", "diagnosis", "wording", "face", "nda", "redaction"), "need"),
    **dict.fromkeys(("distribution", "dispatch", "care"), "distribution"),
    "docking": "docking",
    **dict.fromkeys(("submission", "team", "gallery"), "solutions"),
    **dict.fromkeys(("round", "phase", "ranking", "tie", "feedback"), "judging"),
    **dict.fromkeys(
        ("award", "awards", "award_certificate", "decision", "notice", "release", "objection"), "award"
    ),
    "agreement": "agreement",
    **dict.fromkeys(("milestone", "payment", "report", "story"), "delivery"),
    "service": "services",
}
PART_OF_ACTION: Mapping[str, str] = {
    "requirement.shared": "distribution",
    "requirement.agreed": "agreement",
    "requirement.lapsed": "agreement",
    "agreement.completed": "delivery",
    "requirement.delivered": "delivery",
    "round.requirements_opened": "need",
    "round.requirements_closed": "need",
    "round.submission_opened": "solutions",
    "round.submission_closed": "solutions",
    "round.unsealed": "solutions",
    "round.award_opened": "award",
    "round.award_closed": "award",
}

LEFT_OUT = frozenset(
    {
        "agreement.edited",  # a draft; what was proposed, and that it changed after a signature, is told
        "agreement.party_set",
        "agreement.picture_added",
        "agreement.registry_saved",
        "diagnosis.called_off",  # asked, and not needed after all
        "face.set",  # a setting
        "redaction.settled",  # a list ticked off before publication
        "requirement.placed",  # into which track it was sorted
        "submission.opted_in",  # wishes for the close; what came of them is told by the entry itself
        "submission.opted_out",
        "submission.track_chosen",
        "team.invited",  # an invitation; who joined is told
        "team.link_made",
        "team.link_revoked",
        "service.noted",  # that somebody wrote something
        "service.noted_inside",
    }
)

# What concerns the whole round, and with it each of its needs and entries.
_WINDOWS = (
    *("round.requirements_opened", "round.requirements_closed"),
    *("round.submission_opened", "round.submission_closed", "round.unsealed"),
    *("round.judging_opened", "round.judging_closed", "round.award_opened", "round.award_closed"),
    *("round.extended", "round.closed_early", "round.cancelled"),
)
_OUTCOME = ("notice.started", "notice.resumed", "awards.published")
_RULED = ("objection.upheld", "objection.dismissed")
_NEWS = (
    *("requirement.published", "requirement.changed"),
    *("requirement.agreed", "requirement.lapsed", "requirement.delivered"),
)
_OWN_NEED = (
    *_NEWS,
    *("requirement.created", "requirement.submitted", "requirement.returned", "requirement.rejected"),
    *("requirement.withdrawn", "requirement.contact_changed", "requirement.claimed", "requirement.confirmed"),
    *("requirement.shared", "requirement.branched", "requirement.branch_accepted"),
    *("change.submitted", "change.returned", "change.dropped", "care.claimed"),
)
_MEETINGS = ("docking.planned", "docking.moved", "docking.cancelled", "docking.settled")
_SERVICES = (
    *("service.asked", "service.accepted", "service.assigned", "service.begun", "service.finished"),
    *("service.closed", "service.refused", "service.cancelled"),
)
ALL: tuple[str, ...] = ()  # every action but those left out
Seen = Mapping[str, tuple[str, ...]]

# Kind of reader -> kind of subject -> the actions that they see of it.
SEEN: Mapping[str, Seen] = {
    "organizer": {
        **dict.fromkeys(("requirement", "sending", "dispatch", "pair", "docking", "submission"), ALL),
        **dict.fromkeys(("ranking", "award", "objection", "agreement", "milestone"), ALL),
        "service_request": ALL,
        "round": (
            *(*_WINDOWS, "awards.proposed", *_OUTCOME),
            *("release.prepared", "release.approved", "release.stopped"),
        ),
        # Never what a single judge does: how many cards there are stands beside the close.
        "phase": ("phase.closed", "phase.carried_on", "phase.announced", "tie.decided", "feedback.released"),
    },
    "seeker": {
        "requirement": (
            *_OWN_NEED,
            *("diagnosis.given", "wording.taken", "nda.accepted"),
            *("face.asked", "face.granted", "face.refused", "face.revoked"),
            *("decision.asked", "decision.made"),
        ),
        "sending": ALL,
        "dispatch": ("dispatch.interested",),
        "pair": ("docking.paired", "docking.named"),
        "docking": _MEETINGS,
        "submission": ("submission.submitted",),
        "round": (*_WINDOWS, *_OUTCOME),
        "phase": ("phase.closed",),
        "ranking": ("ranking.fixed",),
        "award": ALL,
        "objection": _RULED,
        "agreement": ALL,
        "milestone": ALL,
        "service_request": _SERVICES,
    },
    "broker": {
        "requirement": (*_OWN_NEED, "care.offered", "care.refused"),
        "sending": ALL,
        "dispatch": ALL,
        "pair": ("docking.paired",),
        "docking": _MEETINGS,
        "round": (*_WINDOWS, *_OUTCOME),
        "agreement": ALL,
        "milestone": ALL,
    },
    "solver": {
        "requirement": _NEWS,
        "submission": ALL,
        "round": (*_WINDOWS, *_OUTCOME),
        "phase": ("phase.closed", "phase.announced", "feedback.released"),
        "award": ALL,
        "objection": _RULED,
    },
    "party": {
        "requirement": _NEWS,
        "pair": ("docking.paired",),
        "docking": _MEETINGS,
        "award": ALL,
        "agreement": ALL,
        "milestone": ALL,
        "service_request": _SERVICES,
    },
}


def readers(actor: Actor, subject: Subject) -> tuple[str, ...]:
    """As what somebody reads the record of this thing; an organizer sees what all others would."""
    if organizer(actor, subject) or admin(actor, subject):
        return ("organizer",)
    found = {
        "seeker": seeker(actor, subject),
        "broker": broker(actor, subject) and (caring(actor, subject) or author(actor, subject)),
        "solver": member(actor, subject),
        "party": party(actor, subject),
    }
    return tuple(name for name, held in found.items() if held)


def part_of(action: str) -> str:
    """The part of the record in which an action stands."""
    return PART_OF_ACTION.get(action) or PART_OF_KIND.get(action.partition(".")[0], "need")
