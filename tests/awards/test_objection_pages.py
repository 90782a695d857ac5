"""Objections through their doors: typed text survives a refusal, and nobody reads what is not theirs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.awards import answering, objecting, queries
from challenge.awards.models import Award
from challenge.awards.objection_models import Objection, ObjectionFile
from tests.awards.objection_stories import ANSWER, TEXT, OnNotice, on_notice
from tests.factories import GrantFactory, OrganizationFactory, UserFactory, actor_of
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import owner_of

Come = Callable[..., Visitor]
PDF = b"%PDF-1.7 canary-evidence"
CANARY = "canary-objection =1+1 <b>bold</b> "


def send(client: Visitor, made: OnNotice, files: list[tuple[str, bytes]] | None = None, **typed: str) -> Any:
    fields: dict[str, Any] = {
        "entry": made.entries[0].code,
        "ground": "eligibility",
        "side": "public",
        "text": CANARY + TEXT,
        "name": "Canary Zhen",
        **typed,
        "files": files or [],
    }
    return client.post(f"/rounds/{made.round.slug}/object", **form(fields))


def test_somebody_objects_with_evidence_and_withdraws(client: Visitor, db: Session) -> None:
    made = on_notice(db)
    client.sign_in(made.filer)
    page = client.get(f"/rounds/{made.round.slug}/object").text
    assert made.entries[0].code in page
    assert made.entries[2].code not in page  # it won nothing
    answer = send(client, made, [("log.pdf", PDF), ("notes.txt", b"plain")])
    assert answer.status_code == 302
    own = client.get(answer.location).text
    assert "log.pdf" in own
    assert "&lt;b&gt;bold" in own
    assert "<b>bold" not in own
    assert made.entries[0].code in client.get("/profile/objections").text
    assert client.post(f"{answer.location}/withdraw").status_code == 302
    assert db.scalars(sa.select(Objection.state)).one() == "withdrawn"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_is_refused_comes_back_with_all_that_was_typed(
    client: Visitor, db: Session, language: str
) -> None:
    made = on_notice(db)
    client.sign_in(made.filer)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    many = [(f"{number}.pdf", PDF + bytes([number])) for number in range(6)]
    refused = [
        send(client, made, many),
        send(client, made, [("tool.exe", b"MZ\x90\x00")]),
        send(client, made, text="canary-objection"),
        send(client, made, name=""),
        send(client, made, entry=""),
        send(client, made, criterion="x", ground="criterion"),
    ]
    assert [each.status_code for each in refused] == [422] * 6
    assert all("canary-objection" in each.text for each in refused)
    assert db.scalars(sa.select(Objection)).all() == []
    made.end()
    late = send(client, made)
    assert late.status_code == 409
    assert "canary-objection" in late.text
    assert "canary-objection" not in client.get(f"/rounds/{made.round.slug}/object").text


def test_who_is_signed_out_meanwhile_reads_the_own_words_again(client: Visitor, db: Session) -> None:
    made = on_notice(db)
    assert client.get(f"/rounds/{made.round.slug}/object").status_code == 302
    answer = send(client, made)
    assert answer.status_code == 401
    assert "canary-objection" in answer.text
    assert db.scalars(sa.select(Objection)).all() == []


def test_an_objection_is_read_by_its_author_and_by_those_who_may_answer_alone(
    client: Visitor, visitor: Come, db: Session
) -> None:
    made = on_notice(db)
    client.sign_in(made.filer)
    own = send(client, made, [("canary.pdf", PDF)]).location
    ref = db.scalars(sa.select(Objection.ref)).one()
    desk = f"/organize/rounds/{made.round.slug}/objections"
    file = f"{desk}/{ref}/files/{db.scalars(sa.select(ObjectionFile.ref)).one()}"
    insider = UserFactory(name="Insider")
    GrantFactory(user_id=insider.id, role="organizer", scope="programme", scope_id=made.round.programme_id)
    made.court.judges[0].user_id = insider.id
    organizer = visitor(made.court.organizer)
    assert "canary-objection" in organizer.get(f"{desk}/{ref}").text
    assert organizer.get(file).data == PDF
    assert visitor(UserFactory(admin=True)).get(file).data == PDF
    for person in (insider, made.court.people[1], owner_of(made.entries[0]), made.seeker, UserFactory()):
        reader = visitor(person)
        assert reader.get(own).status_code == 403 or person is insider
        assert reader.get(file).status_code == 403
        assert (
            reader.post(f"{desk}/{ref}/dismiss", data={"reasons": "x", "public_text": "y"}).status_code == 403
        )
        for page in (desk, f"{desk}/{ref}", f"{desk}.csv", f"/rounds/{made.round.slug}/results", "/work"):
            told = reader.get(page, follow_redirects=True).text.casefold()
            assert "canary" not in told, (person.name, page)
            assert made.filer.email not in told
    seen = visitor(insider).get(f"{desk}/{ref}").text
    assert "judged the entry" in seen
    assert made.court.organizer.name in seen
    assert "may not answer" in seen
    assert "canary" not in organizer.get(f"/organize/rounds/{made.round.slug}/audit").text.casefold()
    assert made.filer.name not in organizer.get(f"/organize/rounds/{made.round.slug}/audit").text


def test_of_whoever_filed_it_other_organizers_learn_nothing_by_who_may_not_answer(
    visitor: Come, db: Session
) -> None:
    made = on_notice(db)
    tied, colleague = UserFactory(name="Tied"), UserFactory(name="Colleague")
    for person in (tied, colleague):
        grant = {"role": "organizer", "scope": "programme", "scope_id": made.round.programme_id}
        GrantFactory(user_id=person.id, **grant)
    made.court.judges[0].user_id = tied.id
    firm = OrganizationFactory()
    db.add_all(Membership(user_id=each.id, organization_id=firm.id) for each in (made.filer, colleague))
    db.flush()
    page = f"/organize/rounds/{made.round.slug}/objections/{made.filed().ref}"
    why = "same organization as whoever objected"
    assert why in visitor(made.court.organizer).get(page).text
    seen = visitor(tied).get(page).text
    assert "Colleague" in seen
    assert why not in seen


def test_before_the_notice_a_form_sent_by_hand_shows_nothing_of_it(
    client: Visitor, visitor: Come, db: Session
) -> None:
    made = on_notice(db)
    db.delete(made.notice)
    db.execute(sa.update(Award).values(state="proposed"))
    db.flush()
    client.sign_in(made.filer)
    for somebody, status in ((client, 409), (visitor(), 401)):
        answer = send(somebody, made)
        assert answer.status_code == status
        assert all(entry.code not in answer.text for entry in made.entries)


def test_a_choice_made_anew_is_nobodys_to_see_until_the_notice_goes_on(visitor: Come, db: Session) -> None:
    made = on_notice(db)
    made.upheld()
    made.propose()
    made.decide()
    results, object_ = f"/rounds/{made.round.slug}/results", f"/rounds/{made.round.slug}/object"
    chosen = made.entries[1]
    chosen.title = "Canary chosen"
    db.execute(sa.update(Award).where(Award.submission_id == chosen.id).values(state="withdrawn"))
    db.flush()
    for path in (results, object_):
        assert chosen.title not in visitor(made.filer).get(path).text
    assert "Decision pending" in visitor().get(results, headers={"Accept-Language": "en"}).text
    resumed = queries.notice(db, made.round.id)
    assert resumed is not None
    resumed.reopened_at = None
    db.flush()
    for path in (results, object_):
        assert chosen.title in visitor(made.filer).get(path).text


def test_the_desk_answers_and_leads_on_until_the_notice_goes_on(client: Visitor, db: Session) -> None:
    made = on_notice(db)
    ref = made.filed("criterion").ref
    client.sign_in(made.court.organizer)
    desk = f"/organize/rounds/{made.round.slug}/objections"
    empty = client.post(f"{desk}/{ref}/uphold", data={"reasons": "Kept words.", "public_text": ""})
    assert empty.status_code == 422
    assert "Kept words." in empty.text
    answer = {"reasons": ANSWER.reasons, "public_text": ANSWER.public_text}
    assert client.post(f"{desk}/{ref}/uphold", data=answer).status_code == 422
    cards = [made.court.assignment(0, 0).ref]
    assert client.post(f"{desk}/{ref}/uphold", data={**answer, "cards": cards}).status_code == 302
    assert "Judges have scorecards open again" in client.get(desk).text
    judge = actor_of(made.court.people[0])
    client.sign_in(made.court.people[0])
    assert "locked" not in client.get(f"/judge/{cards[0]}").text.split("<main")[1][:200]
    scores = {f"score-{each.id}": "2" for each in made.court.criteria}
    assert client.post(f"/judge/{cards[0]}/lock", data={**scores, "sure": "1"}).status_code == 302
    assert judge.user_id == made.court.people[0].id
    client.sign_in(made.court.organizer)
    assert "Fix the ranking of the last phase anew" in client.get(desk).text
    fixed = client.post(
        f"/organize/rounds/{made.round.slug}/ranking", data={"reason": "An objection was upheld."}
    )
    assert fixed.status_code == 302
    assert "Propose the awards again" in client.get(desk).text
    assert client.post(f"/organize/rounds/{made.round.slug}/awards").status_code == 302
    client.sign_in(made.seeker)
    asked = f"/seek/decisions/{made.decision.ref}"
    assert "cannot be changed" not in client.get(asked).text
    assert client.post(asked, data={"verdict": "confirmed"}).status_code == 302
    client.sign_in(made.court.organizer)
    assert "Let the notice go on" in client.get(desk).text
    assert client.post(f"{desk}/resume").status_code == 302
    assert made.notice.reopened_at is None
    assert "Upheld" in client.get(desk).text


def test_the_results_page_says_how_long_how_many_and_after_the_end_what_came_of_each(
    client: Visitor, db: Session
) -> None:
    made = on_notice(db)
    page = f"/rounds/{made.round.slug}/results"
    assert f"/rounds/{made.round.slug}/object" in client.get(page).text
    answering.dismiss(db, made.as_organizer, made.filed().ref, ANSWER)
    made.filed("conflict")
    shown = client.get(page).text
    assert "2 were filed, 1 is answered" in shown
    assert ANSWER.public_text not in shown
    made.end()
    made.round.version += 1
    ended = client.get(page).text
    assert ANSWER.public_text in ended
    assert f"/rounds/{made.round.slug}/object" not in ended
    assert not any(word in ended for word in (made.filer.email, "林真", TEXT, ANSWER.reasons))


def test_pages_ask_a_fixed_number_of_questions(client: Visitor, db: Session, statements: Counting) -> None:
    made = on_notice(db)
    ref = made.filed("conflict").ref
    desk = f"/organize/rounds/{made.round.slug}/objections"

    def counts() -> list[int]:
        found = []
        for person, paths in (
            (made.filer, (f"/rounds/{made.round.slug}/object", f"/objections/{ref}", "/profile/objections")),
            (made.court.organizer, (desk, f"{desk}/{ref}")),
        ):
            client.sign_in(person)
            for path in paths:
                client.get(path)
                with statements() as asked:
                    assert client.get(path).status_code == 200
                found.append(len(asked))
        return found

    one = counts()
    for number in range(2):
        made.filed("conflict", text=f"{TEXT} {number}")
    assert counts() == one
    assert max(one) <= 12, one


def test_what_somebody_filed_is_in_their_own_data_and_in_nobody_elses(
    client: Visitor, visitor: Come, db: Session
) -> None:
    made = on_notice(db)
    client.sign_in(made.filer)
    send(client, made, [("log.pdf", PDF)])
    archive = zipfile.ZipFile(io.BytesIO(client.get("/profile/data.zip").data))
    assert "canary-objection" in archive.read("rows/objection.jsonl").decode()
    assert archive.read("objections/01-log.pdf") == PDF
    other = visitor(owner_of(made.entries[0])).get("/profile/data.zip")
    names = zipfile.ZipFile(io.BytesIO(other.data))
    assert all(b"canary" not in names.read(name) for name in names.namelist())
    assert objecting.open_count(db, made.round.id) == 1
