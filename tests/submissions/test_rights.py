"""The permission table for submissions, walked whole: every role, every state, in the window and outside."""

from __future__ import annotations

from itertools import product

import pytest

from challenge.rules.lifecycles import SUBMISSION
from challenge.rules.permissions import Action, Actor, Grant, Subject, can
from challenge.rules.stages import Stage

OWNER, MEMBER, REPRESENTATIVE, ORGANIZER, HOST, JUDGE, STRANGER, ADMIN = range(1, 9)
PROGRAMME, OTHER_PROGRAMME, HOST_ID, SEEKER_ID = 3, 4, 30, 50

ACTORS = {
    "visitor": Actor(),
    "stranger": Actor(user_id=STRANGER),
    "owner": Actor(user_id=OWNER),
    "member": Actor(user_id=MEMBER),
    "seeker": Actor(user_id=REPRESENTATIVE, represents=frozenset({SEEKER_ID})),
    "seeker in team": Actor(user_id=MEMBER, represents=frozenset({SEEKER_ID})),
    "organizer": Actor(user_id=ORGANIZER, grants=frozenset({Grant("organizer", "programme", PROGRAMME)})),
    "host": Actor(user_id=HOST, grants=frozenset({Grant("organizer", "organization", HOST_ID)})),
    "organizer in team": Actor(
        user_id=MEMBER, grants=frozenset({Grant("organizer", "programme", PROGRAMME)})
    ),
    "other organizer": Actor(
        user_id=STRANGER, grants=frozenset({Grant("organizer", "programme", OTHER_PROGRAMME)})
    ),
    "judge": Actor(user_id=JUDGE, grants=frozenset({Grant("judge", "phase", 1)})),
    "administrator": Actor(user_id=ADMIN, admin=True),
    "the product": Actor(system=True),
}
TEAM = {"owner", "member", "seeker in team", "organizer in team"}
ORGANIZERS = {"organizer", "host"}
DRAFTLIKE = {"draft", "submitted", "withdrawn"}
ACTIONS = (
    Action.SUBMISSION_EDIT,
    Action.SUBMISSION_SUBMIT,
    Action.SUBMISSION_WITHDRAW,
    Action.SUBMISSION_REINSTATE,
    Action.SUBMISSION_REPLY,
    Action.TEAM_MANAGE,
    Action.TEAM_DESCRIBE,
    Action.TEAM_LEAVE,
    Action.SUBMISSION_READ,
    Action.SUBMISSION_SCREEN,
    Action.SUBMISSION_RULE_OUT,
)


def allowed(action: Action, who: str, state: str, stage: Stage, *, open_: bool) -> bool:
    """The same table, told a second time in plain words."""
    entered = state in {"submitted", "selected", "not_selected"}
    later = stage in {Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD, Stage.CLOSED}
    reads = (
        who in TEAM
        or (who in ORGANIZERS and (entered or state == "ineligible"))
        or (who == "seeker" and entered and not open_ and later)
    )
    return {
        Action.SUBMISSION_EDIT: who in TEAM and state in DRAFTLIKE and open_,
        Action.SUBMISSION_SUBMIT: who in TEAM and state in DRAFTLIKE,  # the gate says when
        Action.SUBMISSION_WITHDRAW: who == "owner" and state == "submitted",
        Action.SUBMISSION_REINSTATE: who == "owner" and state == "withdrawn",
        Action.SUBMISSION_REPLY: who in TEAM and state == "submitted",
        Action.TEAM_DESCRIBE: who in TEAM and state in DRAFTLIKE and open_,
        Action.SUBMISSION_SCREEN: who in ORGANIZERS and state == "submitted",
        Action.TEAM_MANAGE: who == "owner" and state in DRAFTLIKE and open_,
        Action.TEAM_LEAVE: who in TEAM - {"owner"} and state in DRAFTLIKE and open_,
        Action.SUBMISSION_RULE_OUT: who in ORGANIZERS and state == "submitted",
        Action.SUBMISSION_READ: reads,
    }[action]


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_every_role_in_every_state_inside_the_window_and_outside(action: Action) -> None:
    wrong = []
    for who, state, stage, open_ in product(ACTORS, sorted(SUBMISSION.states), Stage, (True, False)):
        subject = Subject(
            kind="submission",
            state=state,
            stage=stage,
            open=frozenset({Stage.SUBMISSION}) if open_ else frozenset(),
            public=True,
            programme_id=PROGRAMME,
            host_id=HOST_ID,
            seeker_id=SEEKER_ID,
            owner_id=OWNER,
            team=frozenset({OWNER, MEMBER}),
        )
        if can(ACTORS[who], action, subject) != allowed(action, who, state, stage, open_=open_):
            wrong.append((who, state, stage, open_))
    assert wrong == []


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("open_", [True, False])
@pytest.mark.parametrize("public", [True, False])
def test_anyone_signed_in_begins_a_draft_in_an_open_public_round(who: str, open_: bool, public: bool) -> None:
    subject = Subject(public=public, open=frozenset({Stage.SUBMISSION}) if open_ else frozenset())
    signed_in = who not in {"visitor", "the product"}
    assert can(ACTORS[who], Action.SUBMISSION_CREATE, subject) == (signed_in and open_ and public)
