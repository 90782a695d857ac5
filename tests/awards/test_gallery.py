"""The public gallery: what a team consents to, from the results on, and until it changes its mind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.awards import gallery
from challenge.awards.gallery import Consent
from challenge.awards.models import GalleryEntry
from challenge.base import clock
from challenge.files.models import Blob, Derivative
from challenge.files.storage import storage
from challenge.rules.errors import Invalid, NotAllowed, NotFound
from challenge.submissions.models import Submission, Version
from tests.awards.stories import Judged, judged_round, noticed
from tests.awards.stories import published as results_out
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import with_file

PDF = b"%PDF-1.7 as it was entered"
CLEAN = b"%PDF-1.7 without its author"
SHOW = Consent(shown=True)


def owner_of(db: Session, entry: Submission) -> User:
    return db.get_one(User, entry.owner_id)


def with_paper(db: Session, entry: Submission) -> str:
    """Let the version of an entry hold a file; its digest."""
    digest = with_file(entry, "方案.pdf", PDF)
    version = db.scalars(sa.select(Version).where(Version.submission_id == entry.id)).one()
    file = {"name": "方案.pdf", "sha256": digest, "size": len(PDF), "media_type": "application/pdf"}
    version.manifest = [file]
    version.team = {"name": "Team Canary", "organization": None, "members": [{"name": "Wei Canary"}]}
    db.flush()
    return digest


def published(db: Session, places: tuple[int | None, ...] = (1, 2)) -> Judged:
    judged = noticed(db, judged_round(db, places))
    results_out(db, judged)
    db.expire_all()
    return judged


def show(db: Session, entry: Submission, consent: Consent = SHOW) -> str:
    """The owner consents; the path of its page below the round's."""
    gallery.decide(db, actor_of(owner_of(db, entry)), entry.ref, consent)
    return "/gallery/" + db.get_one(GalleryEntry, entry.id).ref


def slug(db: Session, judged: Judged) -> str:
    db.refresh(judged.round)
    return f"/rounds/{judged.round.slug}"


def test_without_consent_nothing_shows_and_with_it_title_and_summary(client: Visitor, db: Session) -> None:
    judged = published(db)
    here = slug(db, judged)
    assert "Nothing is shown yet" in client.get(f"{here}/gallery").text
    assert "/gallery" not in client.get(f"{here}/results").text
    path = show(db, judged.entries[0])
    page = client.get(f"{here}/gallery").text
    assert "Polarised low-light vision" in page
    assert "Four-direction micro-polarisers." in page
    assert "/gallery" in client.get(f"{here}/results").text
    entry = client.get(f"{here}{path}").text
    assert "We replace the line-scan camera." not in entry  # the proposal itself is nobody's to read
    assert judged.entries[0].code not in entry
    assert "The team wishes to stay unnamed." in entry


def test_before_the_results_nobody_can_consent_and_nothing_shows(client: Visitor, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    entry = judged.entries[0]
    with pytest.raises(NotAllowed):
        gallery.decide(db, actor_of(owner_of(db, entry)), entry.ref, SHOW)
    version = db.scalars(sa.select(Version).where(Version.submission_id == entry.id)).one()
    forced = GalleryEntry(
        submission_id=entry.id,
        round_id=entry.round_id,
        version_id=version.id,
        shown=True,
        decided_at=clock.now(db),
    )
    db.add(forced)
    db.flush()
    assert gallery.entries(db, entry.round_id) == []
    assert client.get(f"{slug(db, judged)}/gallery/{forced.ref}").status_code == 404


def test_what_was_ruled_out_never_shows(client: Visitor, db: Session) -> None:
    judged = published(db)
    path = show(db, judged.entries[0])
    judged.entries[0].state, judged.entries[0].state_reason = "ineligible", "Forged."
    db.flush()
    here = slug(db, judged)
    assert client.get(f"{here}{path}").status_code == 404
    assert "Nothing is shown yet" in client.get(f"{here}/gallery").text


def test_the_owner_alone_decides(db: Session) -> None:
    judged = published(db)
    entry = judged.entries[0]
    with pytest.raises(NotFound):
        gallery.decide(db, actor_of(UserFactory()), entry.ref, SHOW)
    with pytest.raises(NotAllowed):
        gallery.decide(db, judged.as_organizer, entry.ref, SHOW)


def test_the_same_word_twice_is_one_and_each_change_is_on_record(db: Session) -> None:
    judged = published(db)
    for consent in (SHOW, SHOW, Consent(shown=True, named=True), Consent(), Consent()):
        show(db, judged.entries[0], consent)
    actions = sa.select(AuditEntry.action).where(AuditEntry.action.like("gallery.%")).order_by(AuditEntry.id)
    assert list(db.scalars(actions)) == ["gallery.shown", "gallery.shown", "gallery.taken_back"]


def test_a_team_is_named_where_it_wishes_to_be(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    with_paper(db, judged.entries[0])
    noticed(db, judged)
    results_out(db, judged)
    path = show(db, judged.entries[0])
    here = slug(db, judged)
    for page in (f"{here}/gallery", f"{here}{path}"):
        assert "Canary" not in client.get(page).text
    show(db, judged.entries[0], Consent(shown=True, named=True))
    assert "Team Canary" in client.get(f"{here}/gallery").text
    assert "Wei Canary" not in client.get(f"{here}{path}").text  # the team has a name of its own


def test_chosen_files_are_handed_out_as_copies_where_there_are_any(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    digest = with_paper(db, judged.entries[0])
    noticed(db, judged)
    results_out(db, judged)
    with pytest.raises(Invalid, match="not_a_choice"):
        show(db, judged.entries[0], Consent(shown=True, files=("f" * 64,)))
    path = show(db, judged.entries[0])
    here = slug(db, judged)
    assert client.get(f"{here}{path}/files/1").status_code == 404  # shown, but not the file
    show(db, judged.entries[0], Consent(shown=True, files=(digest,)))
    assert "方案.pdf" in client.get(f"{here}{path}").text
    got = client.get(f"{here}{path}/files/1")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    with storage().stage() as staged:
        staged.write(CLEAN)
        clean = storage().keep(staged)
    now = clock.now(db)
    db.add(Blob(sha256=clean, size=len(CLEAN), media_type="application/pdf", created_at=now))
    db.flush()
    db.add(Derivative(sha256=digest, kind="clean", derived_sha256=clean, state="done", created_at=now))
    db.flush()
    assert client.get(f"{here}{path}/files/1").data == CLEAN
    assert client.get(f"{here}{path}/files/2").status_code == 404
    show(db, judged.entries[0], Consent())
    assert client.get(f"{here}{path}/files/1").status_code == 404


def test_kept_pages_forget_at_once(
    db: Session, make_app: Callable[..., Flask], database: Any, client: Visitor
) -> None:
    judged = published(db)
    path = show(db, judged.entries[0])
    here = slug(db, judged)
    client.application.config["KEEP_PAGES"] = True
    try:
        first = client.get(f"{here}/gallery")
        assert "Polarised" in first.text
        assert client.get(f"{here}{path}").status_code == 200
        show(db, judged.entries[0], Consent())
        after = client.get(f"{here}/gallery", headers={"If-None-Match": first.headers["ETag"]})
        assert after.status_code == 200
        assert "Polarised" not in after.text
        assert client.get(f"{here}{path}").status_code == 404
    finally:
        client.application.config["KEEP_PAGES"] = False


def test_the_owner_s_page_shows_what_would_stand_there_and_takes_it_back(
    client: Visitor, db: Session
) -> None:
    judged = published(db)
    entry = judged.entries[1]
    owner = owner_of(db, entry)
    client.sign_in(owner)
    path = f"/solve/{entry.ref}/gallery"
    assert path in client.get(f"/solve/{entry.ref}").text
    page = client.get(path).text
    assert "Four-direction micro-polarisers." in page
    assert client.post(path, data={"level": "everything"}).status_code == 422
    assert client.post(path, data={"level": "summary", "named": "y"}).status_code == 302
    assert gallery.consent_of(db, entry.id) == Consent(shown=True, named=True)
    assert client.post(path, data={"level": "nothing"}).status_code == 302
    assert gallery.consent_of(db, entry.id) == Consent()


@pytest.mark.parametrize("count", [1, 3])
def test_the_gallery_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    judged = published(db, tuple(range(1, count + 1)))
    for entry in judged.entries:
        show(db, entry, Consent(shown=True, named=True))
    here = slug(db, judged)
    with statements() as asked:
        assert client.get(f"{here}/gallery").status_code == 200
    assert len(asked) <= 2, asked
