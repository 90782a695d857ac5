"""The client of docs/client enters a round, and comes through where the line breaks."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rules.stages import Stage
from tests.api.stories import token_of
from tests.factories import RequirementFactory, RoundFactory
from tests.house import tree
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The file as somebody takes it along."""
    file = tree.ROOT / "docs/client/challenge_client.py"
    spec = importlib.util.spec_from_file_location("challenge_client", file)
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules["challenge_client"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def sender(module: ModuleType, client: Visitor, *, break_off: int = 0) -> Any:
    """Sends into the application; the answers to the first `break_off` writes get lost on their way."""
    left = [break_off]

    def send(request: Any) -> Any:
        parts = urlsplit(request.url)
        answer = client.open(
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            method=request.method,
            headers=dict(request.headers),
            data=request.body,
            token=False,
        )
        if request.method == "POST" and left[0]:
            left[0] -= 1
            raise ConnectionResetError
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return module.Answer(answer.status_code, headers, answer.get_data())

    return send


def test_the_client_enters_a_round(module: ModuleType, client: Visitor, db: Session) -> None:
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    secret, ref = token_of(owner_of(entry)).secret, entry.ref
    program = module.Client("http://localhost", secret, send=sender(module, client))
    read = program.entry(ref)
    program.upload(read, "plan.pdf", b"%PDF-1.4\n%%EOF\n")
    written = program.edit_entry(program.entry(ref), values={"title": "By the client"})
    assert written["title"] == "By the client"
    with pytest.raises(module.Refusal) as refusal:
        program.edit_entry(read, team_name="Late")
    assert (refusal.value.status, refusal.value.code) == (412, "state_moved_on")
    receipt = program.submit_entry(written)
    assert receipt["receipt"]["statement"]["manifest"][0]["name"] == "plan.pdf"
    assert [each["state"] for each in program.entries()] == ["submitted"]


def test_a_write_whose_answer_was_lost_has_one_effect(
    module: ModuleType, client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda _seconds: None)
    entry = ready(requirement__round__stage=Stage.SUBMISSION)
    secret, ref = token_of(owner_of(entry)).secret, entry.ref
    program = module.Client("http://localhost", secret, send=sender(module, client, break_off=2))
    assert program.submit_entry(program.entry(ref))["number"] == 1
    submitted = sa.select(sa.func.count()).where(AuditEntry.action == "submission.submitted")
    assert db.scalar(submitted) == 1


def test_a_visitor_reads_lists_to_their_end(module: ModuleType, client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    refs = {RequirementFactory(round=round_).ref for _ in range(5)}
    program = module.Client("http://localhost", send=sender(module, client))
    assert {each["ref"] for each in program.pages("/requirements", limit=2)} == refs
    assert program.get("/funnel")["steps"]
    with pytest.raises(module.Refusal, match="token_needed"):
        program.entries()
