"""The redaction checklist: shown to the seeker and the screeners, settled, asked for before publication."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import OrganizationAlias
from challenge.audit.models import AuditEntry
from challenge.flow import errands
from challenge.requirements import clearing, faces, queries, services
from challenge.requirements.face_models import FileProperties
from challenge.requirements.models import Requirement
from challenge.rules.stages import Stage
from tests.engines.test_properties import WORD
from tests.factories import UserFactory, organizer_of
from tests.requirements.needs import Call, need, open_call
from tests.rigs.application import Visitor
from tests.seek.pages import text_of
from tests.seek.test_attaching import put


def leaking(db: Session, call: Call, **changes: Any) -> Requirement:
    """An anonymous draft that names its seeker in the goals, and a product of it in the title."""
    said = {"anonymous": True, "goals": "陇原铝业 wants fewer flaws.", "title_en": "LY-9 Bright, low light"}
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need(**{**said, **changes}))
    faces.set_face(db, call.as_seeker, draft.ref, "decide", ["LY-9 Bright"])
    db.commit()
    return draft


def kinds(db: Session, ref: str) -> list[str]:
    return [line.finding.kind for line in clearing.checklist(db, queries.by_ref(db, ref))]


def test_what_is_found_is_mended_or_settled_before_everyone_reads_it(
    client: Visitor, visitor: Any, db: Session
) -> None:
    call = open_call()
    draft = leaking(db, call)
    client.sign_in(call.representative)
    edit = f"/seek/requirements/{draft.ref}/edit"
    page = text_of(client.get(edit).text)
    for words in (
        "What could identify the seeker 2/2",
        "Product or brand of the seeker",
        "Name of the seeker",
    ):
        assert words in page.replace('<span class="quiet num">', "").replace("</span>", ""), words
    assert "<mark>LY-9 Bright</mark>" in page
    services.submit(db, call.as_seeker, draft.ref)
    db.commit()
    organizer = visitor(call.organizer)
    room = f"/organize/rounds/{call.round.slug}/requirements/{draft.ref}"
    refused = organizer.post(f"{room}/publish")
    assert refused.status_code == 422
    assert "what could identify it: 2." in text_of(refused.text)
    keys = [line.finding.key for line in clearing.checklist(db, queries.by_ref(db, draft.ref))]
    reasons = {f"stays-{keys[0]}": "Sold by many.", f"stays-{keys[1]}": " ", "back": room}
    kept = organizer.post(f"/seek/requirements/{draft.ref}/redaction", data=reasons)
    assert kept.location == f"{room}#redaction"
    assert "Kept. 1 still open." in organizer.get(room).text
    assert "what could identify it: 1." in text_of(organizer.post(f"{room}/publish").text)
    reasons[f"stays-{keys[1]}"] = "A name of many firms."
    organizer.post(f"/seek/requirements/{draft.ref}/redaction", data=reasons)
    assert 'value="A name of many firms."' in organizer.get(room).text
    assert organizer.post(f"{room}/publish").status_code == 302
    entries = list(db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "redaction.settled")))
    assert [each.detail for each in entries] == [{"settled": "1"}, {"settled": "1"}]


def test_every_trace_of_the_seeker_is_looked_for(db: Session) -> None:
    call = open_call()
    call.seeker.registration_code, call.seeker.legal_representative = "620000-OLD", "王大力"
    db.add(OrganizationAlias(organization_id=call.seeker.id, name="北厂", name_key="北厂"))
    UserFactory(represents=[call.seeker], name="Zhao Min", email="zhao@longyuan-al.cn")
    draft = leaking(
        db,
        call,
        title_en="Plain",
        goals="北厂",
        problem_en="Zhao Min, 王大力, 620000-OLD, longyuan-al.cn: 3 of 5 coils. Ma Lin 0931 1234567",
        partners="Longyuan Aluminium",
        keywords=("陇原铝业",),
        region="620102",
    )
    assert kinds(db, draft.ref) == [
        *("person", "legal_representative", "credit_code", "domain", "contact", "phone"),
        *("alias", "name", "name", "county"),
    ]


def test_names_of_public_files_are_read_and_confidential_ones_are_not(client: Visitor, db: Session) -> None:
    call = open_call()
    draft = leaking(db, call, goals="", title_en="Plain")
    client.sign_in(call.representative)
    put(client, draft.ref, "陇原铝业-plan.txt", b"one")
    put(client, draft.ref, "陇原铝业-secret.txt", b"two", who="yes")
    assert kinds(db, draft.ref) == ["name"]


def test_who_is_named_has_no_list_and_is_published_as_before(client: Visitor, db: Session) -> None:
    call = open_call()
    draft = leaking(db, call, anonymous=False)
    assert kinds(db, draft.ref) == []
    client.sign_in(call.representative)
    assert "What could identify the seeker" not in client.get(f"/seek/requirements/{draft.ref}/edit").text
    services.submit(db, call.as_seeker, draft.ref)
    assert services.publish(db, call.as_organizer, draft.ref).state == "published"


def test_others_neither_see_the_list_nor_settle_anything(visitor: Any, db: Session) -> None:
    call = open_call()
    draft = leaking(db, call)
    services.submit(db, call.as_seeker, draft.ref)
    db.commit()
    conflicted = UserFactory(represents=[call.seeker], organizes=[call.round.programme])
    other = organizer_of(open_call(Stage.SUBMISSION).round.programme)
    for person in (UserFactory(), UserFactory(admin=True), other, conflicted, call.representative):
        answer = visitor(person).post(f"/seek/requirements/{draft.ref}/redaction", data={"stays-x": "No."})
        assert answer.status_code == 403, person.name
    page = visitor(UserFactory(admin=True)).get(
        f"/organize/rounds/{call.round.slug}/requirements/{draft.ref}"
    )
    assert "What could identify the seeker" not in page.text


def test_a_reason_can_be_taken_back_and_is_bounded(visitor: Any, db: Session) -> None:
    call = open_call()
    draft = leaking(db, call)
    seeker = visitor(call.representative)
    key = clearing.checklist(db, queries.by_ref(db, draft.ref))[0].finding.key
    path = f"/seek/requirements/{draft.ref}/redaction"
    for reason, left in (("Known anyway.", 1), ("x" * 301, 1), ("", 2)):
        seeker.post(path, data={f"stays-{key}": reason})
        db.expire_all()
        assert clearing.open_count(db, queries.by_ref(db, draft.ref)) == left


def test_what_public_files_say_of_their_maker_is_on_the_list(client: Visitor, db: Session) -> None:
    call = open_call()
    draft = leaking(db, call, goals="", title_en="Plain")
    client.sign_in(call.representative)
    put(client, draft.ref, "plan.docx", WORD)
    put(client, draft.ref, "secret.docx", WORD[:-1] + b" ", who="yes")
    db.commit()
    errands.drain()
    found = [line.finding for line in clearing.checklist(db, queries.by_ref(db, draft.ref))]
    assert [(each.kind, each.words) for each in found] == [
        ("properties", "马林 & Co"),
        ("properties", "Ma Lin"),
        ("properties", "陇原铝业"),
    ]
    assert "plan.docx: " in client.get(f"/seek/requirements/{draft.ref}/edit").text
    assert db.scalar(sa.select(sa.func.count()).select_from(FileProperties)) == 1
