"""Who may do what with a programme and its rounds: every action, role and stage, without a database."""

from __future__ import annotations

from itertools import product

import pytest

from challenge.rules.permissions import ANONYMOUS, SYSTEM, Action, Actor, Grant, Subject, can
from challenge.rules.stages import Stage

PROGRAMME, HOST = 3, 7
RUNNING = {Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD}
NOT_OVER = {Stage.DRAFT, *RUNNING}
ALWAYS = set(Stage)


def holding(role: str, scope: str, scope_id: int) -> Actor:
    return Actor(user_id=1, grants=frozenset({Grant(role, scope, scope_id)}))


ORGANIZERS = {
    "organizer of the programme": holding("organizer", "programme", PROGRAMME),
    "organizer of the host": holding("organizer", "organization", HOST),
}
ADMIN = {"administrator": Actor(user_id=2, admin=True)}
OTHERS = {
    "nobody": ANONYMOUS,
    "a person": Actor(user_id=1),
    "the product": SYSTEM,
    "organizer of another programme": holding("organizer", "programme", PROGRAMME + 1),
    "organizer of another organization": holding("organizer", "organization", HOST + 1),
    "organizer of an organization numbered like the programme": holding(
        "organizer", "organization", PROGRAMME
    ),
    "judge of the round": holding("judge", "programme", PROGRAMME),
    "representative of the host": Actor(user_id=1, represents=frozenset({HOST})),
}
ALL = ORGANIZERS | ADMIN | OTHERS

# action -> the stages at which an organizer may, and whether an administrator may as well
TABLE = {
    Action.ROUND_CONTROL: (ALWAYS, True),
    Action.AUDIT_READ: (ALWAYS, True),
    Action.PROGRAMME_EDIT: (ALWAYS, True),
    Action.ROUND_EDIT: (NOT_OVER, False),
    Action.ROUND_LAUNCH: (NOT_OVER, False),
    Action.ROUND_EXTEND: (RUNNING, False),
    Action.ROUND_CLOSE_EARLY: (RUNNING, False),
    Action.ROUND_CANCEL: (NOT_OVER | {Stage.CANCELLED}, False),
    Action.ANNOUNCEMENT_POST: (ALWAYS, False),
}


@pytest.mark.parametrize("action", TABLE)
def test_a_round_is_run_by_its_organizers_alone(action: Action) -> None:
    stages, administrators = TABLE[action]
    for (name, actor), stage in product(ALL.items(), Stage):
        subject = Subject(
            kind="round", stage=stage, state=stage.value, programme_id=PROGRAMME, host_id=HOST, public=True
        )
        allowed = stage in stages and (name in ORGANIZERS or (administrators and name in ADMIN))
        assert can(actor, action, subject) == allowed, (name, stage)


def test_a_programme_is_started_by_organizers_of_its_host() -> None:
    subject = Subject(kind="organization", host_id=HOST)
    may = {name for name, actor in ALL.items() if can(actor, Action.PROGRAMME_CREATE, subject)}
    assert may == {"organizer of the host", "administrator"}


@pytest.mark.parametrize("public", [True, False])
def test_a_draft_is_read_by_those_who_run_it(public: bool) -> None:
    subject = Subject(kind="round", stage=Stage.DRAFT, programme_id=PROGRAMME, host_id=HOST, public=public)
    may = {name for name, actor in ALL.items() if can(actor, Action.ROUND_READ, subject)}
    assert may == (set(ALL) if public else {*ORGANIZERS, *ADMIN})
