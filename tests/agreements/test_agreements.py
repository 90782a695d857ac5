"""An agreement from its beginning to a proposed version, changed, proposed anew, and ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.agreements import beginning, drafting, ending, proposing, queries, templates
from challenge.agreements.beginning import Start
from challenge.agreements.models import Agreement, AgreementVersion
from challenge.audit.models import AuditEntry
from challenge.distribution.models import Recipient
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from challenge.rules.agreements import Payment, digest, told
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, WrongState
from challenge.rules.stages import Stage
from tests.agreements.stories import QUOTE, broker_of, deal, drafted, proposed
from tests.factories import OrganizationFactory, UserFactory, actor_of


def faults(refused: pytest.ExceptionInfo[InvalidMany]) -> set[tuple[str, str]]:
    return {(each.field, each.code) for each in refused.value.faults}


def versions(db: Session) -> list[AgreementVersion]:
    return list(db.scalars(sa.select(AgreementVersion).order_by(AgreementVersion.id)))


def test_it_begins_with_what_the_need_and_the_chosen_entry_say(db: Session) -> None:
    made = deal(db, number="R-2026-007")
    made.begin(lang="en")
    terms = made.terms
    assert [(each.side, each.name) for each in terms.parties] == [
        ("seeker", "Longyuan Aluminium"),
        ("solver", "Weiguang Vision"),
    ]
    assert terms.title == "Low-light flaw vision"
    assert "Four-direction micro-polarisers." in terms.scope
    assert "Detection rate: Measured on 1,200 m." in terms.scope
    assert [(row.name, row.comparison, row.target) for row in terms.indicators] == [
        ("Detection rate", "ge", "99.2")
    ]
    assert (terms.total_minor, terms.currency, terms.payment) == (QUOTE, "CNY", "instalments")
    assert terms.extra == {"need": "R-2026-007"}
    assert "{seeker}" in terms.clauses
    again = beginning.begin(db, made.as_seeker, made.need.ref, Start("intent", ref=made.ref))
    assert again.ref == made.ref  # the same page sent twice


def test_one_begins_after_the_round_with_neither_entry_nor_award(db: Session) -> None:
    made = deal(db, entry=False, state="failed")
    made.begin(kind="intent", agency=True)
    agreement = made.agreement
    assert (agreement.submission_id, agreement.award_id, agreement.pair_id) == (None, None, None)
    assert [each.side for each in agreement.parties] == ["seeker", "solver", "agency"]
    assert made.terms.payment == "none"
    with pytest.raises(NotAllowed):
        queries.by_ref(db, made.as_solver, made.ref)
    drafting.join(db, made.as_seeker, made.ref, "solver", "Weiguang Vision", agreement.draft_version)
    assert queries.by_ref(db, made.as_solver, made.ref).terms.parties[1].name == "Weiguang Vision"
    drafting.join(db, made.as_seeker, made.ref, "agency", "", made.agreement.draft_version)
    assert [each.side for each in made.terms.parties] == ["seeker", "solver"]
    second = made.begin(kind="intent")
    assert second != agreement.ref


def test_who_a_pair_met_is_the_solver(db: Session) -> None:
    made = deal(db, entry=False, state="published", number="R-2026-001", stage=Stage.SUBMISSION)
    person = UserFactory(name="Wei Ming")
    pair = meeting.pair_up(db, made.as_organizer, made.need.ref, Candidate(user_id=person.id))
    made.begin(by=made.as_organizer, pair=pair.ref)
    assert made.terms.parties[1].name == "Wei Ming"
    assert queries.by_ref(db, actor_of(person), made.ref)
    with pytest.raises(Invalid, match="not_a_choice"):
        deal(db, entry=False).begin(pair=pair.ref)


def test_who_answered_by_mail_acts_once_they_have_an_account(db: Session) -> None:
    made = deal(db, entry=False, state="published", number="R-2026-001", stage=Stage.SUBMISSION)
    address = Recipient(address="wei@example.org", name="Wei Ming")
    db.add(address)
    db.flush()
    pair = meeting.pair_up(db, made.as_organizer, made.need.ref, Candidate(recipient_id=address.id))
    made.begin(kind="intent", pair=pair.ref)
    assert made.terms.parties[1].name == "Wei Ming"
    made.complete()
    with pytest.raises(WrongState, match="party_unbound"):
        made.propose()
    person = UserFactory(email="wei@example.org", name="Wei M.")
    for _twice in range(2):
        drafting.join(db, made.as_seeker, made.ref, "solver", "", made.agreement.draft_version)
    assert queries.by_ref(db, actor_of(person), made.ref).terms.parties[1].name == "Wei M."


def test_only_those_who_may_begin_and_never_for_an_anonymous_seeker(db: Session) -> None:
    made = deal(db, entry=False, anonymous=True)
    for stranger in (made.as_solver, actor_of(broker_of(made)), actor_of(UserFactory())):
        with pytest.raises(NotAllowed):
            made.begin(by=stranger)
    with pytest.raises(NotAllowed, match="anonymous_seeker_agrees"):
        made.begin(by=made.as_organizer)
    made.begin()
    for state in ("draft", "withdrawn"):
        with pytest.raises(NotAllowed):
            deal(db, entry=False, state=state).begin()
    for kind, lang in (("marriage", "en"), ("intent", "fr"), ("../intent", "en")):
        with pytest.raises(NotFound):
            made.begin(kind=kind, lang=lang)


def test_both_sides_write_the_draft_and_nobody_else(db: Session) -> None:
    made = drafted(db)
    made.write(by=made.as_solver, scope="As we agreed.")
    assert made.agreement.title == "Low-light flaw vision"
    assert made.terms.scope == "As we agreed."
    for stranger in (made.as_organizer, actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            made.write(by=stranger, scope="Mine")
    with pytest.raises(NotAllowed):
        drafting.join(db, made.as_solver, made.ref, "solver", "", made.agreement.draft_version)
    db.execute(sa.delete(Membership).where(Membership.user_id == made.solver.id))
    with pytest.raises(NotAllowed):
        queries.by_ref(db, made.as_solver, made.ref)


def test_a_stale_page_is_told_and_the_same_again_changes_nothing(db: Session) -> None:
    made = drafted(db)
    seen = made.agreement.draft_version
    terms = replace(made.terms, scope="First")
    drafting.save(db, made.as_seeker, made.ref, terms, seen)
    drafting.save(db, made.as_seeker, made.ref, terms, seen)
    assert made.agreement.draft_version == seen + 1
    with pytest.raises(WrongState, match="changed_meanwhile"):
        drafting.save(db, made.as_solver, made.ref, replace(terms, scope="Second"), seen)
    with pytest.raises(WrongState, match="changed_meanwhile"):
        proposing.propose(db, made.as_solver, made.ref, seen)


def test_what_was_decided_at_the_beginning_stays(db: Session) -> None:
    made = drafted(db)
    made.write(kind="intent", lang="zh", template="none", extra={"x": "y"}, parties=())
    terms = made.terms
    assert (terms.kind, terms.lang, terms.extra) == ("development", "en", {})
    assert terms.template == "development/en/shipped"
    assert [each.side for each in terms.parties] == ["seeker", "solver"]


def test_the_plan_adds_up_before_it_is_proposed(db: Session) -> None:
    made = drafted(db)
    made.write(payments=(Payment("All", QUOTE - 1, due_on=dt.date(2027, 5, 1)),))
    with pytest.raises(InvalidMany) as refused:
        made.propose()
    assert faults(refused) == {("payments", "plan_differs")}
    made.write(payments=(Payment("", QUOTE),), payment="once", starts_on=None)
    with pytest.raises(InvalidMany) as refused:
        made.propose()
    assert faults(refused) == {
        ("payments-0-label", "required"),
        ("payments-0-due_on", "due_needed"),
        ("starts_on", "required"),
    }
    with pytest.raises(InvalidMany) as refused:
        made.write(clauses="{seeker} and {server.config}", currency="XYZ", milestones=())
    assert faults(refused) == {("clauses", "unknown_fields"), ("unit", "not_a_choice")}
    assert refused.value.faults[-1].params["names"] == "{server.config}"


def test_a_proposed_version_is_frozen_filled_in_and_numbered(db: Session) -> None:
    made = drafted(db, agency=False)
    made.propose(note="The first one.")
    agreement, (version,) = made.agreement, versions(db)
    assert (agreement.state, agreement.version) == ("in_signature", 1)
    assert agreement.number is not None
    assert agreement.number.startswith("A-20")
    terms = told(version.terms)
    assert version.digest == digest(terms)
    assert (version.side, version.note) == ("seeker", "The first one.")
    assert "Longyuan Aluminium entrusts Weiguang Vision" in terms.clauses
    assert "The total price is CNY 800,000.00." in terms.clauses
    assert "{" not in terms.clauses
    assert "service agency" not in terms.clauses  # none signs: its line is left out
    made.propose()
    assert len(versions(db)) == 1
    with pytest.raises(WrongState, match="agreement_no_draft"):
        made.write(scope="Behind their backs")


def test_a_change_makes_it_a_draft_again_and_a_new_version_only_of_new_terms(db: Session) -> None:
    made = proposed(db)
    number = made.agreement.number
    made.reopen(by=made.as_solver)
    made.reopen(by=made.as_solver)
    made.propose(by=made.as_solver)
    assert [each.number for each in versions(db)] == [1]
    made.reopen()
    made.write(scope="Otherwise.")
    made.propose(by=made.as_solver)
    assert [(each.number, each.side) for each in versions(db)] == [(1, "seeker"), (2, "solver")]
    assert made.agreement.number == number
    second = proposed(db)
    assert second.agreement.number != number


def test_nobody_signs_for_a_side_that_is_nobody_s(db: Session) -> None:
    made = deal(db, entry=False)
    made.begin(kind="intent")
    parties = made.terms.parties
    made.complete(parties=(parties[0], replace(parties[1], name="Somebody")))
    with pytest.raises(WrongState, match="party_unbound"):
        made.propose()
    for name, code in ((made.seeker.name, "party_twice"), ("Nobody Ltd", "no_organizations")):
        with pytest.raises(Invalid, match=code):
            drafting.join(db, made.as_seeker, made.ref, "solver", name, made.agreement.draft_version)


@pytest.mark.parametrize("state", ["draft", "in_signature", "signed"])
def test_it_is_ended_with_a_reason_by_seeker_or_organizer(db: Session, state: str) -> None:
    made = proposed(db)
    made.agreement.state = state
    made.agreement.signed_at = made.agreement.created_at
    db.flush()
    with pytest.raises(NotAllowed):
        ending.terminate(db, made.as_solver, made.ref, "No")
    with pytest.raises(Invalid, match="required"):
        ending.terminate(db, made.as_organizer, made.ref, "  ")
    ending.terminate(db, made.as_seeker, made.ref, "The line was sold.")
    ending.terminate(db, made.as_seeker, made.ref, "Again")
    assert (made.agreement.state, made.agreement.reason) == ("terminated", "The line was sold.")
    with pytest.raises(WrongState):
        made.reopen()
    entries = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "agreement.terminated")).all()
    assert [each.detail["requirement"] for each in entries] == [made.need.id]


def test_a_need_lapses_with_its_last_contract(db: Session) -> None:
    made = proposed(db)
    first = made.ref
    made.begin()
    for ref in (first, made.ref):
        agreement = db.scalars(sa.select(Agreement).where(Agreement.ref == ref)).one()
        agreement.state, agreement.signed_at = "signed", agreement.created_at
    made.need.state = "agreed"
    db.flush()
    ending.terminate(db, made.as_organizer, first, "One of two")
    assert made.need.state == "agreed"
    ending.terminate(db, made.as_organizer, made.ref, "The other")
    db.refresh(made.need)
    assert (made.need.state, made.need.version) == ("failed", 1)  # what it says has not changed


def test_a_programme_has_texts_of_its_own(db: Session) -> None:
    made = deal(db)
    text = "# Ours\n\n{seeker} works with {solver}."
    own = templates.save(db, made.as_organizer, made.programme, "development", "en", text, 0)
    assert (own.version, own.own) == (1, True)
    templates.save(db, made.as_organizer, made.programme, "development", "en", text, 0)  # sent twice
    with pytest.raises(WrongState, match="changed_meanwhile"):
        templates.save(db, made.as_organizer, made.programme, "development", "en", "Other", 0)
    made.begin()
    assert made.terms.template == "development/en/1"
    assert made.terms.clauses.startswith("# Ours")
    bad = "{seeker} {price} {self.__class__} {price}"
    with pytest.raises(InvalidMany) as refused:
        templates.save(db, made.as_organizer, made.programme, "development", "en", bad, 1)
    assert refused.value.faults[0].params["names"] == "{price}, {self.__class__}"
    with pytest.raises(NotAllowed):
        templates.save(db, made.as_seeker, made.programme, "development", "en", text, 1)
    templates.restore(db, made.as_organizer, made.programme, "development", "en")
    back = templates.restore(db, made.as_organizer, made.programme, "development", "en")
    assert (back.version, back.own) == (2, False)
    assert len(templates.all_of(db, made.programme.id)) == 12


def test_an_agency_is_another_organization(db: Session) -> None:
    made = deal(db)
    host = OrganizationFactory()
    made.programme.host_id = host.id
    db.flush()
    made.begin(agency=True)
    assert made.terms.parties[2].name == (host.name_en or host.name)
    made.programme.host_id = made.seeker.id
    db.flush()
    with pytest.raises(Invalid, match="party_twice"):
        made.begin(agency=True)
