"""The rows of the permission table for what follows the results: certificates, proposals offered anew."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, at, in_state, member, organizer, owner, seeker, without_conflict
from challenge.rules.stages import Stage

OUT = at(Stage.AWARD, Stage.CLOSED)
STANDS = in_state("submitted", "selected", "not_selected")

OUTCOMES: Mapping[Action, tuple[Row, ...]] = {
    # Certificates of a round: issued, revoked and taken along by its organizers.
    Action.AWARD_CERTIFY: ((organizer, OUT),),
    # The paper names its holder: theirs, or their team's, and for those who issued it.
    Action.AWARD_CERTIFICATE_READ: ((member,), (organizer,)),
    Action.AWARD_CERTIFICATE_UNNAME: ((owner,),),
    # A certificate in one's own name beside the team's is one's own word.
    Action.AWARD_CERTIFICATE_WISH: ((member, STANDS),),
    # Whether a proposal that was not selected may be offered anew is its owner's word alone.
    Action.ANEW_CONSENT: ((owner, in_state("not_selected")),),
    Action.ANEW_SEARCH: ((organizer, OUT),),
    Action.ANEW_OFFER: ((organizer, without_conflict, OUT, in_state("not_selected")),),
    # The seeker to whom it was offered.
    Action.ANEW_ANSWER: ((seeker,),),
}
