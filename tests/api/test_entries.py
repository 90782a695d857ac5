"""A program enters a round for its owner: begin, write, upload, submit, withdraw."""

from __future__ import annotations

import io

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.api_models import ApiAnswer
from challenge.audit.models import AuditEntry
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from tests.api.stories import Caller, caller
from tests.factories import RequirementFactory, UserFactory
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready


def test_a_program_enters_a_round(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program = caller(client, owner_of(entry))
    read = program.get(f"/entries/{entry.ref}")
    assert read.status_code == 200
    written = program.ask(
        "PATCH", f"/entries/{entry.ref}", {"values": {"title": "By a program"}}, If_Match=read.headers["ETag"]
    )
    assert (written.status_code, written.json["title"], written.json["missing"]) == (200, "By a program", [])
    handed_in = program.post(f"/entries/{entry.ref}/submit", {"seen": written.json["digest"]})
    assert handed_in.status_code == 200
    assert handed_in.json["receipt"]["statement"]["content_sha256"]
    assert program.get(f"/entries/{entry.ref}/receipts/1").json == handed_in.json
    assert program.post(f"/entries/{entry.ref}/withdraw").json["state"] == "withdrawn"


def test_an_entry_is_begun_once(client: Visitor, db: Session) -> None:
    need = RequirementFactory(round__stage=Stage.SUBMISSION)
    program = caller(client, UserFactory())
    first = program.post("/entries", {"requirement": need.ref})
    again = program.post("/entries", {"requirement": need.ref})
    assert first.status_code == again.status_code == 201
    assert first.json["ref"] == again.json["ref"]
    assert first.headers["Location"] == f"/api/v1/entries/{first.json['ref']}"


def test_nobody_writes_over_what_they_have_not_read(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program = caller(client, owner_of(entry))
    path, read = f"/entries/{entry.ref}", program.get(f"/entries/{entry.ref}")
    assert program.ask("PATCH", path, {"team_name": "A"}).status_code == 428
    assert program.ask("PATCH", path, {"team_name": "A"}, If_Match=read.headers["ETag"]).status_code == 200
    late = program.ask("PATCH", path, {"team_name": "B"}, If_Match=read.headers["ETag"])
    assert (late.status_code, late.json["code"]) == (412, "state_moved_on")
    assert program.get(path, If_None_Match=read.headers["ETag"]).status_code == 200
    assert program.get(path, If_None_Match=program.get(path).headers["ETag"]).status_code == 304


def test_the_same_key_has_one_effect_and_the_same_answer(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program = caller(client, owner_of(entry))
    answers = [program.post(f"/entries/{entry.ref}/submit", Idempotency_Key="k1") for _ in range(3)]
    assert [each.status_code for each in answers] == [200] * 3
    assert len({each.get_data() for each in answers}) == 1
    assert [each.headers.get("Idempotency-Replayed") for each in answers] == [None, "true", "true"]
    other = program.post(f"/entries/{entry.ref}/submit", {"seen": "0" * 64}, Idempotency_Key="k1")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    recorded = sa.select(sa.func.count()).where(AuditEntry.action == "submission.submitted")
    assert db.scalar(recorded) == 1
    assert db.scalar(sa.select(sa.func.count()).select_from(ApiAnswer)) == 1


def test_what_was_refused_is_tried_again_under_its_key(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION, values={"title": ""})
    program = caller(client, owner_of(entry))
    refused = program.post(f"/entries/{entry.ref}/submit", Idempotency_Key="k1")
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert {each["field"] for each in refused.json["errors"]} >= {"title"}
    assert db.scalar(sa.select(sa.func.count()).select_from(ApiAnswer)) == 0


def test_what_comes_too_late_is_kept_and_refused_with_a_signature(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.JUDGING)
    program = caller(client, owner_of(entry))
    late = program.post(f"/entries/{entry.ref}/submit", Idempotency_Key="late")
    assert (late.status_code, late.json["code"]) == (409, "window_closed")
    assert late.json["refusal"]["signature"]
    again = program.post(f"/entries/{entry.ref}/submit", Idempotency_Key="late")
    assert again.json == late.json


def test_files_go_up_and_come_down(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program = caller(client, owner_of(entry))
    headers = {"Authorization": f"Bearer {program.secret}"}
    sent = client.post(
        f"/api/v1/entries/{entry.ref}/files",
        data={"files": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "plan.pdf")},
        headers=headers,
        token=False,
    )
    assert sent.status_code == 201, sent.get_data(as_text=True)
    (file,) = sent.json["items"]
    assert (
        client.get(f"/api/v1/entries/{entry.ref}/files/{file['ref']}", headers=headers).data[:5] == b"%PDF-"
    )
    assert program.ask("DELETE", f"/entries/{entry.ref}/files/{file['ref']}").status_code == 204
    assert program.get(f"/entries/{entry.ref}/files").json["items"] == []


def test_a_team_is_its_owner_s_and_nobody_else_s(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program, stranger = caller(client, owner_of(entry)), caller(client, UserFactory())
    named = program.post(f"/entries/{entry.ref}/team", {"email": "li@example.org", "name": "Li"})
    assert [each["joined"] for each in named.json["items"]] == [True, False]
    assert stranger.get(f"/entries/{entry.ref}").status_code == 404
    assert stranger.get(f"/entries/{entry.ref}/team").status_code == 404
    gone = named.json["items"][1]["id"]
    assert program.ask("DELETE", f"/entries/{entry.ref}/team/{gone}").status_code == 204


def test_a_wrong_field_is_named(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    program = caller(client, owner_of(entry))
    tag = program.get(f"/entries/{entry.ref}").headers["ETag"]
    wrong = program.ask(
        "PATCH", f"/entries/{entry.ref}", {"values": {"nothing": 1}}, If_Match=tag, Accept_Language="zh"
    )
    assert wrong.status_code == 422
    assert wrong.json["errors"] == [
        {"field": "values.nothing", "code": "field_unknown", "detail": "这里没有这个字段。"}
    ]
    assert db.get_one(Submission, entry.id).draft_version == entry.draft_version


def test_lists_of_entries_are_their_team_s(client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    assert [each["ref"] for each in caller(client, owner_of(entry)).get("/entries").json["items"]] == [
        entry.ref
    ]
    assert caller(client, UserFactory()).get("/entries").json["items"] == []
    assert Caller(client).get("/entries").status_code == 401
