"""Files of a draft that come in pieces: begun, attached when whole, or ended. All under the gate.

The permission table is asked at the beginning, before every piece (by the door) and once more at the end:
the window may have closed and the rights may have gone while the bytes came.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.base.clock import db_now
from challenge.files import services as files
from challenge.files import sniffing, uploads
from challenge.files.models import Upload
from challenge.files.names import extension_of
from challenge.files.receiving import Kept, Size
from challenge.files.tus import Wanted
from challenge.files.uploads import Coming
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor
from challenge.submissions import facts
from challenge.submissions.holding import Held, hold
from challenge.submissions.material import OWNER, File
from challenge.submissions.models import Submission, TeamMember


def begin(session: Session, actor: Actor, ref: str, wanted: Wanted) -> Coming:
    """Make room for a file of the draft, in a field that takes it. Raises `Invalid`, `TooLate`, `NotFound`.

    Unfinished uploads count: a new one may take the place of one that nobody has fed for ten minutes.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    _check(held, wanted)
    submission = held.submission
    under_way = list(uploads.under_way(session, OWNER, submission.id))
    for row in _giving_way(held, wanted, under_way):
        _forget(session, row)
    return uploads.begin(session, OWNER, submission.id, wanted, user_id=actor.user_id, at=held.now)


def _giving_way(held: Held, wanted: Wanted, under_way: list[Upload]) -> list[Upload]:
    """The idle uploads that have to go so that there is room; raises where that is not enough."""
    known, room = held.material.files, held.room
    files.check_room(known, [wanted], room)
    idle = [each for each in under_way if uploads.idle(each, held.now)]
    idle.sort(key=lambda each: each.field != wanted.field)  # those of its own field first
    gone: list[Upload] = []
    while True:
        staying = [each for each in under_way if each not in gone]
        try:
            files.check_room([*known, *staying], [wanted], room)
        except Invalid:
            if not idle:
                raise
            gone.append(idle.pop(0))
        else:
            return gone


def _check(held: Held, wanted: Wanted) -> None:
    """What can be known of the file by itself before a byte has come."""
    if not wanted.size:
        raise Invalid("files", "file_empty", name=wanted.name)
    limit = held.gate.round.max_file_bytes
    if wanted.size > limit:
        raise Invalid("files", "file_too_large", name=wanted.name, limit=Size(limit))
    if extension_of(wanted.name) not in sniffing.ALLOWED:
        raise Invalid("files", "file_type_not_allowed", name=wanted.name)


def of(session: Session, actor: Actor, upload_ref: str) -> tuple[Coming, str]:
    """An upload that the actor may feed now, with the ref of its submission; three statements.

    Its team alone knows of it. Raises NotFound, and `TooLate` where nothing but the time is wrong.
    """
    query = (
        sa.select(Upload, Submission, Round, db_now())
        .join(Submission, Submission.id == Upload.owner_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Upload.owner_kind == OWNER, Upload.ref == upload_ref)
        .options(joinedload(Submission.requirement), joinedload(Round.programme), selectinload(Round.windows))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    row, submission, round_, now = found
    mine = sa.select(TeamMember.user_id).where(TeamMember.submission_id == submission.id)
    team = frozenset(each for each in session.scalars(mine) if each is not None)
    if actor.user_id not in team:
        raise NotFound
    asked = submission.requirement
    subject = facts.subject_of(submission, asked, round_, now, team)
    windows = windows_of(round_)
    facts.permit(actor, Action.SUBMISSION_EDIT, subject, round_, windows, asked, now, submission)
    return uploads.coming(row), submission.ref


def attach(session: Session, actor: Actor, ref: str, upload_ref: str, kept: Kept) -> Coming:
    """Attach the whole file to its draft; asked twice, it is attached once.

    Raises `Invalid` where others filled the draft or its field meanwhile, `TooLate`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    row = uploads.find(session, OWNER, upload_ref, lock=True)
    if row.state == "done":
        return uploads.coming(row)
    user_id, room = actor.user_id, held.room
    refs = files.attach(session, OWNER, held.submission.id, [kept], room=room, user_id=user_id, at=held.now)
    known = (each.ref for each in held.material.files if _same(each, kept))
    row.state, row.attachment_ref = "done", refs[0] if refs else next(known)
    session.flush()
    return uploads.coming(row)


def _same(file: File, kept: Kept) -> bool:
    return (file.sha256, file.name, file.field) == (kept.sha256, kept.name, kept.field)


def end(session: Session, actor: Actor, ref: str, upload_ref: str) -> None:
    """Forget an upload and its bytes; what it attached stays attached. Raises NotFound where it is gone."""
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    _forget(session, uploads.find(session, OWNER, upload_ref, lock=True))
    session.flush()


def _forget(session: Session, row: Upload) -> None:
    uploads.coming(row).partial.remove()
    session.delete(row)
