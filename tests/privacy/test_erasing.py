"""Erasing a person: asked, taken back, held, done; no canary is left outside what is listed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import identity
from challenge.accounts.models import Invitation, User
from challenge.agreements.models import Agreement, AgreementParty, AgreementVersion
from challenge.agreements.signing_models import AgreementSignature
from challenge.audit import chain
from challenge.base import clock
from challenge.distribution.models import Recipient
from challenge.docking.models import Docking, DockingPair
from challenge.files.models import Blob
from challenge.flow import collecting
from challenge.flow.errands import drain
from challenge.judging.models import RankingRow
from challenge.messages.models import Letter
from challenge.privacy import erasing, holding, scrubbing
from challenge.privacy.foreseeing import foresee
from challenge.privacy.models import Erasure
from challenge.requirements.models import Question
from challenge.rules.errors import Invalid, NotAllowed, Refused, WrongState
from challenge.search.models import SavedSearch, SearchEntry
from challenge.submissions import submitting
from challenge.submissions.board_models import TeammatePost
from challenge.submissions.models import Submission, TeamMember, Version
from challenge.supply.models import Expert
from challenge.tasks.models import Task
from challenge.ties.models import Tie
from tests.awards.stories import judged_round
from tests.factories import (
    PASSWORD,
    RequirementFactory,
    UserFactory,
    actor_of,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.submissions.stories import owner_of, ready, round_of, with_file

NAME, ADDRESS, WORDS = "Canary Vogel", "canary@birds.example", "canary-words"
FILE = b"%PDF-1.7 canary-words in a file"
DAY = dt.timedelta(days=1)


def asked(db: Session, person: User) -> Erasure:
    """The person asks, and the delay is over."""
    made = erasing.ask(db, actor_of(person), identity.Confirmed(person.id))
    made.due_at = clock.now(db) - DAY
    db.commit()
    return made


def done(db: Session, person: User) -> Erasure:
    """Erased."""
    made = asked(db, person)
    assert erasing.run(made.id)
    db.expire_all()
    return made


def over(entry: Submission) -> None:
    """Its round is closed and the results are out."""
    round_of(entry).stage = "closed"
    entry.state = "not_selected"


def everywhere(db: Session) -> tuple[User, Submission]:
    """A person whose name, address or words stand in as many tables as a story can reach."""
    person = UserFactory(name=NAME, email=ADDRESS, affiliation=f"{WORDS} institute")
    entry = ready(owner=person, title=f"{WORDS} vision", team_name=f"Team {NAME}")
    with_file(entry, f"{NAME}.pdf", FILE)
    db.commit()
    submitting.submit(db, actor_of(person), entry.ref)
    over(entry)
    other = UserFactory()
    need = RequirementFactory(contact_name=NAME, contact_phone=WORDS, contact_email="Canary@Birds.example")
    now = clock.now(db)
    db.add_all(
        [
            Letter(message_id="<1@x>", recipient=ADDRESS, template="t", subject=WORDS, body=f"Dear {NAME}"),
            Letter(
                message_id="<2@x>", recipient=other.email, template="t", subject=f"{NAME} wrote", body=ADDRESS
            ),
            Invitation(
                token_digest="d", email=ADDRESS, role="judge", scope="phase", scope_id=1,
                created_at=now, expires_at=now, facts={"name": NAME},
            ),
            Recipient(address=ADDRESS, name=NAME, user_id=person.id, elsewhere={"sms": WORDS}),
            Tie(kind="family", person_id=person.id, other_name=WORDS, note=NAME),
            Tie(kind="family", person_id=other.id, other_name=NAME, other_email=ADDRESS, note=""),
            Question(round_id=need.round_id, requirement_id=need.id, asker_id=person.id, body="Why?"),
            TeammatePost(
                round_id=need.round_id, author_id=person.id, brings=WORDS, seeks=NAME, skills=[], lang="en",
                updated_at=now,
            ),
            SavedSearch(user_id=person.id, query=WORDS),
            Expert(user_id=person.id, keywords=[WORDS], languages=[], about_en=NAME, updated_at=now),
            SearchEntry(
                kind="expert", thing_id=person.id, address="x", title_en=NAME, text=WORDS, at=now,
                changed_at=now, title_words="canary", body_words=WORDS,
            ),
            Task(
                key=f"mail/x/{ADDRESS}", kind="mail", payload={"address": ADDRESS}, state="done",
                run_at=now, attempts=1, created_at=now,
            ),
        ]
    )  # fmt: skip
    pair = DockingPair(requirement_id=need.id, user_id=person.id)
    db.add(pair)
    db.flush()
    people = [{"side": "candidate", "name": NAME, "address": ADDRESS}]
    held = {"channel": "video", "starts_at": now, "ends_at": now + DAY, "people": people}
    db.add(Docking(pair_id=pair.id, number=1, notes=f"{NAME} came", **held))
    db.commit()
    return person, entry


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


def test_a_hold_beats_it_until_it_is_lifted(client: Visitor, db: Session) -> None:
    person, boss = UserFactory(), UserFactory(admin=True)
    today = clock.now(db).date()
    hold = holding.set_hold(db, actor_of(boss), person, "A court asked.", today)
    made = asked(db, person)
    assert not erasing.run(made.id)
    page = client.sign_in(boss).get(f"/admin/people/{person.ref}/privacy").text
    assert "A court asked." in page
    assert client.post(f"/admin/holds/{hold.ref}/lift", data={"reason": "Over."}).status_code == 302
    assert erasing.run(made.id)
    db.expire_all()
    assert [hold.lift_reason, made.state] == ["Over.", "done"]


def test_a_hold_ends_by_itself_after_its_last_day(db: Session) -> None:
    person, boss = UserFactory(), UserFactory(admin=True)
    today = clock.now(db).date()
    hold = holding.set_hold(db, actor_of(boss), person, "A court asked.", today)
    hold.until = today - DAY
    assert erasing.run(asked(db, person).id)


@pytest.mark.parametrize(
    ("reason", "days", "field"), [("", 1, "reason"), ("Why", -1, "until"), ("Why", 40 * 366, "until")]
)
def test_a_hold_has_a_reason_and_a_day(db: Session, reason: str, days: int, field: str) -> None:
    day = clock.now(db).date() + dt.timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        holding.set_hold(db, actor_of(UserFactory(admin=True)), UserFactory(), reason, day)
    assert refused.value.field == field


def test_it_is_asked_for_with_the_password_and_taken_back(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    person = UserFactory(email=ADDRESS)
    client.sign_in(person)
    assert client.post("/profile/erase", data={"password": "wrong"}).status_code == 422
    for _ in range(2):  # sent twice
        assert client.post("/profile/erase", data={"password": PASSWORD}).status_code == 302
    made = db.scalars(sa.select(Erasure)).one()
    assert made.due_at
    assert (made.due_at - made.created_at).days == 14
    assert "Take it back" in client.get("/profile/erase").text
    drain()
    assert [letter.template for letter in db.scalars(sa.select(Letter))] == ["erasure_asked"]
    assert client.post("/profile/erase/cancel").status_code == 302
    assert db.scalars(sa.select(Erasure.state)).one() == "cancelled"
    assert not erasing.run(made.id)
    assert person.email == ADDRESS


def test_the_office_needs_two_administrators_and_a_reason(client: Visitor, db: Session) -> None:
    person, first, second = UserFactory(), UserFactory(admin=True), UserFactory(admin=True)
    where = f"/admin/people/{person.ref}"
    client.sign_in(first)
    assert client.post(f"{where}/erase", data={"reason": " "}).status_code == 422
    assert client.post(f"{where}/erase", data={"reason": "By letter."}).status_code == 302
    made = db.scalars(sa.select(Erasure)).one()
    client.post(f"/admin/erasures/{made.ref}/approve")
    assert made.state == "prepared"
    with pytest.raises(Refused, match="second_key"):
        erasing.approve(db, actor_of(first), made.ref)
    client.sign_in(second).post(f"/admin/erasures/{made.ref}/approve")
    assert [work.payload for work in erasing.due(db)] == [{"erasure_id": made.id}]
    assert erasing.run(made.id)
    assert f"Person {person.id}" in client.get("/admin/privacy").text
    with pytest.raises(NotAllowed):
        erasing.prepare(db, actor_of(UserFactory()), second, "Why not.")


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
