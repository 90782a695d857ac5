"""A published need with a confidential part, a confidential file, a stamped scan, and its agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.files.models import Attachment, Blob
from challenge.files.storage import storage
from challenge.requirements import attachments, faces, ndas
from challenge.requirements.face_models import Access, FaceOpening, Nda
from challenge.requirements.models import Requirement
from challenge.rules.stages import Stage
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import Call, open_call

SECRET = "The line is number 4 in the north hall."
AGREED = "You tell nobody what you read here."


@dataclass
class Closed:
    """The need and who is around it."""

    call: Call
    need: Requirement
    nda: Nda | None
    solver: User

    @property
    def page(self) -> str:
        return f"/requirements/{self.need.ref}/confidential"

    @property
    def desk(self) -> str:
        return f"/seek/requirements/{self.need.ref}/confidential"


def closed_need(db: Session, how: str = "decide", *, nda: bool = True, **values: Any) -> Closed:
    """A published need whose confidential part opens in this way; its agreement in force unless said."""
    call = open_call(Stage.SUBMISSION)
    need = call.requirement(state="published", confidential_part=SECRET, title_en="Flaws", **values)
    faces.set_face(db, call.as_seeker, need.ref, how, [])
    put_file(db, need, "plan.txt", b"the plan")
    put_file(db, need, "stamped.txt", b"seal and signature", field=attachments.SCAN)
    written = ndas.write(db, call.as_organizer, call.round.id, "您不得外传。", AGREED) if nda else None
    solver = UserFactory(name="Sun Wei", affiliation="Vision Lab")
    db.commit()
    return Closed(call, need, written, solver)


def put_file(db: Session, need: Requirement, name: str, content: bytes, field: str = "files") -> Attachment:
    """A confidential file that is there already."""
    with storage().in_use():
        digest = storage().put(content)
    if db.get(Blob, digest) is None:
        db.add(Blob(sha256=digest, size=len(content), media_type="text/plain"))
    file = Attachment(owner_kind="requirement", owner_id=need.id, sha256=digest, name=name, field=field)
    file.confidential = True
    db.add(file)
    db.commit()
    return file


def let_in(db: Session, closed: Closed, person: User | None = None) -> Access:
    """Somebody asks and is let in."""
    access = faces.ask(db, actor_of(person or closed.solver), closed.need.ref, "We build cameras.")
    faces.decide(db, closed.call.as_seeker, closed.need.ref, access.ref, "grant")
    db.commit()
    return access


def accepted(db: Session, closed: Closed, person: User | None = None) -> None:
    """The same, and accepts the agreement that is in force."""
    who = person or closed.solver
    known = db.scalar(sa.select(Access).where(Access.user_id == who.id))
    if known is None:
        let_in(db, closed, who)
    nda = ndas.in_force(db, closed.need)
    assert nda is not None
    faces.accept(db, actor_of(who), closed.need.ref, nda.ref, who.name, "Vision Lab")
    db.commit()


def log_of(db: Session) -> list[tuple[int | None, str | None]]:
    """Who opened what, oldest first."""
    rows = db.execute(sa.select(FaceOpening.user_id, FaceOpening.file_name).order_by(FaceOpening.id))
    return [(row[0], row[1]) for row in rows]
