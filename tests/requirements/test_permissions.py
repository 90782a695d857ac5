"""The permission table, walked for everything that can be asked for a requirement or a question."""

from __future__ import annotations

import itertools

import pytest

from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import Action, Actor, Grant, Subject, can
from challenge.rules.stages import Stage

SEEKER, PROGRAMME, HOST, AUTHOR = 7, 3, 5, 21
ORGANIZES = frozenset({Grant("organizer", "programme", PROGRAMME)})
ACTORS = {
    "anonymous": Actor(),
    "user": Actor(user_id=1),
    "seeker": Actor(user_id=2, represents=frozenset({SEEKER})),
    "other seeker": Actor(user_id=3, represents=frozenset({8})),
    "organizer": Actor(user_id=4, grants=ORGANIZES),
    "host's organizer": Actor(user_id=5, grants=frozenset({Grant("organizer", "organization", HOST)})),
    "other organizer": Actor(user_id=6, grants=frozenset({Grant("organizer", "programme", 4)})),
    "posting organizer": Actor(user_id=AUTHOR, grants=ORGANIZES),
    "former organizer": Actor(user_id=AUTHOR),
    "conflicted organizer": Actor(user_id=9, grants=ORGANIZES),
    "administrator": Actor(user_id=10, admin=True),
}
ORGANIZERS = {"organizer", "host's organizer", "posting organizer", "conflicted organizer"}
UNCONFLICTED = ORGANIZERS - {"conflicted organizer"}
WRITERS = {"seeker", "posting organizer"}
SIGNED_IN = ACTORS.keys() - {"anonymous"}
RUNNING = {Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD}
PUBLIC = {"published", "selected", "failed"}
OPEN_DRAFTS = {"draft", "returned"}


def subject(state: str, stage: Stage = Stage.REQUIREMENTS) -> Subject:
    return Subject(
        kind="requirement",
        state=state,
        stage=stage,
        open=frozenset({stage}) & RUNNING,
        public=state in PUBLIC,
        programme_id=PROGRAMME,
        host_id=HOST,
        seeker_id=SEEKER,
        author_id=AUTHOR,
        conflicted=frozenset({9}),
    )


def expected(action: Action, who: str, state: str, stage: Stage) -> bool:
    """What the rules say in words, apart from the table."""
    handed_in = state != "draft"
    rules = {
        Action.REQUIREMENT_EDIT: who in WRITERS and state in OPEN_DRAFTS,
        Action.REQUIREMENT_SUBMIT: who in WRITERS and state in OPEN_DRAFTS,
        Action.REQUIREMENT_WITHDRAW: who in WRITERS and state in OPEN_DRAFTS | {"submitted", "published"},
        Action.REQUIREMENT_SCREEN: who in UNCONFLICTED and state == "submitted",
        Action.REQUIREMENT_READ: state in PUBLIC
        or who in WRITERS
        or (who in ORGANIZERS | {"administrator"} and handed_in),
        Action.REQUIREMENT_READ_CONFIDENTIAL: who in WRITERS or (who in UNCONFLICTED and handed_in),
        Action.QUESTION_ASK: who in SIGNED_IN and state in PUBLIC and stage in RUNNING,
        Action.QUESTION_ANSWER: who == "seeker" or who in ORGANIZERS,
    }
    return rules[action]


@pytest.mark.parametrize(
    "action",
    [
        Action.REQUIREMENT_EDIT,
        Action.REQUIREMENT_SUBMIT,
        Action.REQUIREMENT_WITHDRAW,
        Action.REQUIREMENT_SCREEN,
        Action.REQUIREMENT_READ,
        Action.REQUIREMENT_READ_CONFIDENTIAL,
        Action.QUESTION_ASK,
        Action.QUESTION_ANSWER,
    ],
)
def test_every_actor_in_every_state_at_every_stage(action: Action) -> None:
    wrong = [
        (who, state, stage.value)
        for (who, actor), state, stage in itertools.product(ACTORS.items(), REQUIREMENT.states, Stage)
        if can(actor, action, subject(state, stage)) != expected(action, who, state, stage)
    ]
    assert wrong == []


@pytest.mark.parametrize("stage", list(Stage))
def test_who_may_post_and_when(stage: Stage) -> None:
    about_round = Subject(
        kind="round",
        stage=stage,
        open=frozenset({stage}) & RUNNING,
        public=True,
        programme_id=PROGRAMME,
        host_id=HOST,
        seeker_id=SEEKER,
    )
    allowed = {who for who, actor in ACTORS.items() if can(actor, Action.REQUIREMENT_CREATE, about_round)}
    over = stage in (Stage.CLOSED, Stage.CANCELLED)
    assert allowed == ({"seeker"} if stage is Stage.REQUIREMENTS else set()) | (set() if over else ORGANIZERS)
