"""Erasing a person: asked, taken back, held, done; no canary is left outside what is listed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import identity
from challenge.accounts.models import User
from challenge.agreements.models import Agreement, AgreementParty, AgreementVersion
from challenge.agreements.signing_models import AgreementSignature
from challenge.audit import chain
from challenge.base import clock
from challenge.docking.models import Docking, DockingPair
from challenge.files.models import Blob
from challenge.flow import collecting
from challenge.judging.models import RankingRow
from challenge.messages.models import Letter
from challenge.privacy import erasing, scrubbing
from challenge.privacy.foreseeing import foresee
from challenge.requirements.models import Question
from challenge.rules.errors import WrongState
from challenge.submissions import submitting
from challenge.submissions.models import Submission, TeamMember, Version
from challenge.tasks.models import Task
from tests.awards.stories import judged_round
from tests.factories import (
    RequirementFactory,
    UserFactory,
    actor_of,
)
from tests.privacy.stories import ADDRESS, DAY, NAME, WORDS, asked, done, everywhere, over
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready


def test_no_canary_is_left_in_any_table_or_file(db: Session) -> None:
    person, entry = everywhere(db)
    assert {table for table, _ in scrubbing.left(db, [NAME, ADDRESS, WORDS])} >= {
        *("user_account", "team_member", "submission", "submission_version", "letter", "task", "docking"),
        *("recipient", "tie", "requirement", "expert", "search_entry", "attachment", "invitation"),
    }
    done(db, person)
    assert list(scrubbing.left(db, [NAME, ADDRESS, WORDS])) == []
    db.execute(sa.update(Blob).values(created_at=clock.now(db) - 3 * DAY))
    db.commit()
    assert db.scalar(sa.select(sa.func.count()).select_from(Task).where(Task.kind == "collect")) == 1
    collecting.collect()
    assert db.scalar(sa.select(sa.func.count()).select_from(Blob)) == 0
    count, faults = chain.verify(db)
    assert (count > 2, faults) == (True, [])
    assert (person.active, person.password, person.name) == (False, None, "")
    assert person.email.endswith("@erased.invalid")
    assert (entry.code, entry.state, entry.title) == (entry.code, "not_selected", "")


def test_what_others_did_with_them_stays_under_a_number(db: Session) -> None:
    person, _entry = everywhere(db)
    done(db, person)
    letters = db.execute(sa.select(Letter.subject, Letter.body).order_by(Letter.id)).all()
    assert letters == [("", ""), ("— wrote", person.email)]
    assert db.scalars(sa.select(Docking.people)).one() == [
        {"side": "candidate", "name": "—", "address": person.email}
    ]
    assert db.scalars(sa.select(Docking.notes)).one() == "— came"
    assert db.scalars(sa.select(Question.body)).one() == "Why?"
    assert db.scalars(sa.select(DockingPair.user_id)).one() == person.id


def test_an_address_inside_another_is_somebody_elses(db: Session) -> None:
    person, other = UserFactory(name="Ann", email="li@x.org"), UserFactory(name="Anna", email="wuli@x.org")
    body = "wuli@x.org, li@x.org, li@x.org.cn; Anna and Ann."
    db.add(Letter(message_id="<1@x>", recipient=other.email, template="t", subject="", body=body))
    done(db, person)
    mark = person.email
    assert db.scalars(sa.select(Letter.body)).one() == f"wuli@x.org, {mark}, li@x.org.cn; Anna and —."
    assert other.email == "wuli@x.org"


def test_a_ranking_keeps_the_pseudonym(db: Session) -> None:
    judged = judged_round(db)
    entry = judged.entries[0]
    person = owner_of(entry)
    judged.round.stage, entry.state = "closed", "selected"
    before = db.execute(sa.select(RankingRow.submission_id, RankingRow.place, RankingRow.total)).all()
    done(db, person)
    assert db.execute(sa.select(RankingRow.submission_id, RankingRow.place, RankingRow.total)).all() == before
    assert db.get_one(Submission, entry.id).code


def test_an_entry_of_several_stays_with_the_others(db: Session) -> None:
    person, mate = UserFactory(name=NAME, email=ADDRESS), UserFactory()
    entry = ready(owner=person, team=[mate], title="Ours")
    db.commit()
    submitting.submit(db, actor_of(person), entry.ref)
    over(entry)
    done(db, person)
    assert (entry.owner_id, entry.title) == (mate.id, "Ours")
    version = db.scalars(sa.select(Version)).one()
    assert version.content["title"] == "Ours"
    assert list(scrubbing.left(db, [NAME, ADDRESS])) == []
    assert len(db.scalars(sa.select(TeamMember)).all()) == 2


def test_a_running_entry_comes_first(client: Visitor, db: Session) -> None:
    person = UserFactory()
    entry = ready(owner=person)
    db.commit()
    submitting.submit(db, actor_of(person), entry.ref)
    with pytest.raises(WrongState, match="erase_first"):
        erasing.ask(db, actor_of(person), identity.Confirmed(person.id))
    page = client.sign_in(person).get("/profile/erase").text
    assert "Withdraw it, or hand the team over." in page
    assert f"/solve/{entry.ref}" in page
    assert 'name="password"' not in page


def signed_contract(db: Session, person: User) -> Agreement:
    """A contract that the person signed as one of two parties."""
    agreement = Agreement(
        requirement_id=RequirementFactory().id, kind="development", number="A-2026-001", state="signed",
        title="Vision", terms={"solver": NAME}, signed_at=clock.now(db), version=1,
    )  # fmt: skip
    db.add(agreement)
    db.flush()
    version = {"agreement_id": agreement.id, "number": 1, "terms": {"solver": NAME}, "digest": "0" * 64}
    db.add_all(
        [
            AgreementParty(agreement_id=agreement.id, side="solver", position=1, user_id=person.id),
            AgreementVersion(**version, side="seeker"),
            AgreementSignature(
                agreement_id=agreement.id, version=1, side="solver", user_id=person.id, name=NAME,
                method="typed", signed_at=clock.now(db),
            ),
        ]
    )  # fmt: skip
    db.commit()
    return agreement


def test_a_signed_contract_stays_listed_with_its_day(client: Visitor, db: Session) -> None:
    person = UserFactory(name=NAME, email=ADDRESS)
    agreement = signed_contract(db, person)
    (kept,) = foresee(db, person, clock.now(db).date()).kept
    signed = agreement.signed_at
    assert signed
    assert (kept.kind, kept.until.year) == ("contract", signed.year + 10)
    assert "A-2026-001 Vision" in client.sign_in(person).get("/profile/erase").text
    made = done(db, person)
    assert made.kept == [{"kind": "contract", "thing": "A-2026-001 Vision", "until": kept.until.isoformat()}]
    assert set(scrubbing.left(db, [NAME, ADDRESS])) == {
        *(("agreement", "terms"), ("agreement_version", "terms"), ("agreement_signature", "name"))
    }


def test_a_contract_that_was_never_signed_keeps_no_name(db: Session) -> None:
    person = UserFactory(name=NAME, email=ADDRESS)
    agreement = signed_contract(db, person)
    agreement.state, agreement.signed_at, agreement.reason = "terminated", None, "No money."
    done(db, person)
    assert list(scrubbing.left(db, [NAME, ADDRESS])) == []


def test_killed_between_it_goes_on(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    person, _entry = everywhere(db)
    made = asked(db, person)

    def killed(*_arguments: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(scrubbing, "sweep", killed)
        with pytest.raises(KeyboardInterrupt):
            erasing.run(made.id)
    db.expire_all()
    assert (made.state, person.active) == ("doing", False)
    with pytest.raises(WrongState):
        erasing.cancel(db, actor_of(UserFactory(admin=True)), made.ref)
    db.commit()
    assert [work.payload for work in erasing.due(db)] == [{"erasure_id": made.id}]
    assert erasing.run(made.id)
    db.expire_all()
    assert list(scrubbing.left(db, [NAME, ADDRESS, WORDS])) == []


def test_the_last_administrator_and_the_only_speaker_stay(db: Session) -> None:
    from tests.factories import OrganizationFactory

    boss = UserFactory(admin=True, represents=[OrganizationFactory(name="Solo")])
    found = {each.kind: each.thing for each in foresee(db, boss, clock.now(db).date()).first}
    assert found == {"representative": "Solo", "administrator": ""}
