"""Every lifecycle walked whole: each state with each verb is either in the table or refused."""

from __future__ import annotations

from itertools import product

import pytest

from challenge.rules import lifecycles
from challenge.rules.errors import WrongState
from challenge.rules.lifecycle import Lifecycle

# The steps that were agreed on: state, verb, state after it.
AGREED = {
    "story": """
        draft publish published
        withdrawn publish published
        published withdraw withdrawn
    """,
    "requirement": """
        draft submit submitted
        draft withdraw withdrawn
        submitted return returned
        submitted reject rejected
        submitted publish published
        submitted withdraw withdrawn
        returned submit submitted
        returned withdraw withdrawn
        published withdraw withdrawn
        published select selected
        published fail failed
        published agree agreed
        selected agree agreed
        failed agree agreed
        agreed deliver delivered
        agreed lapse failed
    """,
    "release": """
        prepared approve approved
        prepared stop stopped
        approved stop stopped
        approved publish published
    """,
    "objection": """
        filed uphold upheld
        filed dismiss dismissed
        filed withdraw withdrawn
    """,
    "agreement": """
        draft propose in_signature
        draft terminate terminated
        in_signature change draft
        in_signature sign signed
        in_signature terminate terminated
        signed register registered
        signed complete completed
        signed terminate terminated
        registered complete completed
        registered terminate terminated
    """,
    "registration": """
        none file filed
        refused file filed
        filed register registered
        filed refuse refused
    """,
    "milestone": """
        planned deliver delivered
        returned deliver delivered
        delivered accept accepted
        delivered return returned
    """,
    "payment": """
        planned invoice invoiced
        planned pay paid
        invoiced pay paid
    """,
    "submission": """
        draft submit submitted
        submitted submit submitted
        submitted withdraw withdrawn
        submitted rule_out ineligible
        submitted select selected
        submitted pass_over not_selected
        withdrawn submit submitted
        withdrawn reinstate submitted
    """,
    "access": """
        asked grant granted
        asked refuse refused
        refused grant granted
        granted revoke revoked
        revoked grant granted
    """,
    "assignment": """
        invited accept accepted
        invited decline declined
        invited recuse recused
        invited abstain abstained
        accepted abstain abstained
        invited replace replaced
        accepted complete completed
        completed reopen accepted
        accepted recuse recused
        accepted replace replaced
    """,
    "conflict": """
        open confirm confirmed
        open dismiss dismissed
        confirmed dismiss dismissed
        dismissed confirm confirmed
        dismissed reopen open
        open establish standing
        standing override overridden
        overridden restore standing
        overridden reopen standing
    """,
    "award": """
        proposed notify on_notice
        proposed withdraw withdrawn
        on_notice confirm confirmed
        on_notice withdraw withdrawn
    """,
    "screening": """
        open reply answered
        open dismiss dismissed
        open uphold upheld
        open escalate escalated
        answered dismiss dismissed
        answered uphold upheld
        answered escalate escalated
    """,
    "dispatch": """
        queued send sent
        queued expire expired
        sent open opened
        sent interest interested
        sent decline declined
        sent forward forwarded
        sent expire expired
        opened interest interested
        opened decline declined
        opened forward forwarded
        opened expire expired
        declined interest interested
        forwarded interest interested
        forwarded decline declined
        queued bounce bounced
        sent bounce bounced
        opened bounce bounced
        bounced send_anew queued
        bounced interest interested
        bounced decline declined
        bounced forward forwarded
    """,
    "care": """
        offered claim claimed
        offered refuse refused
        claimed refuse refused
        claimed pass_on passed_on
    """,
    "diagnosis": """
        asked accept accepted
        asked decline declined
        accepted decline declined
        asked call_off called_off
        accepted call_off called_off
        accepted hand_in handed_in
    """,
    "docking": """
        planned hold held
        planned miss no_show
        planned cancel cancelled
    """,
    "task": """
        queued lease leased
        leased finish done
        leased retry queued
        leased give_up failed
        failed retry queued
        failed drop done
    """,
    "achievement": """
        draft publish published
        draft retire retired
        published retire retired
        retired publish published
    """,
    "service": """
        draft offer offered
        draft retire retired
        offered retire retired
        retired offer offered
    """,
    "service_request": """
        asked accept accepted
        asked assign assigned
        accepted assign assigned
        assigned assign assigned
        running assign running
        assigned begin running
        assigned finish done
        running finish done
        done close closed
        asked refuse refused
        accepted refuse refused
        assigned refuse refused
        running refuse refused
        asked cancel cancelled
        accepted cancel cancelled
        assigned cancel cancelled
        running cancel cancelled
    """,
    "course": """
        draft publish published
        draft cancel cancelled
        published cancel cancelled
    """,
    "enrolment": """
        waiting move_up enrolled
        enrolled leave left
        waiting leave left
        left enrol enrolled
        left wait waiting
    """,
    "anew_offer": """
        offered welcome interested
        offered decline declined
        offered end ended
    """,
}
STARTS = {
    "registration": "none",
    "release": "prepared",
    "objection": "filed",
    **dict.fromkeys(
        ("agreement", "story", "requirement", "submission", "achievement", "service", "course"), "draft"
    ),
    **dict.fromkeys(("milestone", "payment", "docking"), "planned"),
    **dict.fromkeys(("access", "diagnosis", "service_request"), "asked"),
    "assignment": "invited",
    "award": "proposed",
    **dict.fromkeys(("conflict", "screening"), "open"),
    **dict.fromkeys(("dispatch", "task"), "queued"),
    **dict.fromkeys(("care", "anew_offer"), "offered"),
    "enrolment": "enrolled",
}
PAIRS = [
    (lifecycle, state, verb)
    for lifecycle in lifecycles.ALL
    for state, verb in product(sorted(lifecycle.states), sorted(lifecycle.verbs))
]


def agreed(lifecycle: Lifecycle) -> dict[tuple[str, str], str]:
    steps = [line.split() for line in AGREED[lifecycle.name].strip().splitlines()]
    return {(state, verb): target for state, verb, target in steps}


def named(value: object) -> str:
    return value.name if isinstance(value, Lifecycle) else str(value)


def test_every_lifecycle_is_agreed_on() -> None:
    assert {lifecycle.name for lifecycle in lifecycles.ALL} == set(AGREED)
    assert {lifecycle.name: lifecycle.start for lifecycle in lifecycles.ALL} == STARTS


@pytest.mark.parametrize(("lifecycle", "state", "verb"), PAIRS, ids=named)
def test_every_state_with_every_verb(lifecycle: Lifecycle, state: str, verb: str) -> None:
    target = agreed(lifecycle).get((state, verb))
    assert lifecycle.allows(state, verb) == (target is not None)
    if target is not None:
        assert lifecycle.step(state, verb) == target
        return
    with pytest.raises(WrongState) as refused:
        lifecycle.step(state, verb)
    assert refused.value.params == {"thing": lifecycle.name, "state": state, "verb": verb}


@pytest.mark.parametrize("lifecycle", lifecycles.ALL, ids=named)
def test_a_verb_leads_from_a_state_to_one_state_only(lifecycle: Lifecycle) -> None:
    assert len({(state, verb) for state, verb, _ in lifecycle.steps}) == len(lifecycle.steps)


@pytest.mark.parametrize("lifecycle", lifecycles.ALL, ids=named)
def test_every_state_is_reached_from_the_start(lifecycle: Lifecycle) -> None:
    reached, before = {lifecycle.start}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {target for state, _, target in lifecycle.steps if state in before}
    assert reached == lifecycle.states


@pytest.mark.parametrize("lifecycle", lifecycles.ALL, ids=named)
def test_a_state_or_verb_that_no_table_names_is_refused(lifecycle: Lifecycle) -> None:
    with pytest.raises(WrongState):
        lifecycle.step("nowhere", next(iter(lifecycle.verbs)))
    with pytest.raises(WrongState):
        lifecycle.step(lifecycle.start, "vanish")
