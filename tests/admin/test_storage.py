"""How much the store holds: counted as a piece of work, shown from what was kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files.models import Attachment, Blob
from challenge.flow import errands
from challenge.reports import storage_use
from tests.factories import SubmissionFactory, UserFactory
from tests.rigs.application import Visitor


def test_the_store_is_counted_by_kind_and_round_with_what_nothing_names(client: Visitor, db: Session) -> None:
    entry = SubmissionFactory(requirement__round__title_en="Autumn round")
    old = clock.now(db) - dt.timedelta(days=2)
    for number, size in enumerate((1000, 2000, 4000)):
        db.add(Blob(sha256=f"{number:064}", size=size, media_type="text/plain", created_at=old))
    db.flush()
    for number in (0, 1):
        about = {"owner_kind": "submission", "owner_id": entry.id}
        db.add(Attachment(sha256=f"{number:064}", name="a.txt", **about))
    client.sign_in(UserFactory(admin=True))
    assert "Nothing is counted yet" in client.get("/admin/storage").text
    for _ in range(2):
        client.post("/admin/storage/count")
    assert "data-waits" in client.get("/admin/storage").text
    errands.drain()
    (count,) = storage_use.newest(db)
    assert (count.files, count.size, count.orphans, count.orphan_size) == (3, 7000, 1, 4000)
    assert count.kinds[0] == {"kind": "attachments", "files": 2, "size": 3000}
    assert count.rounds == [{"round_id": entry.round_id, "files": 2, "size": 3000}]
    page = client.get("/admin/storage").text
    assert "Autumn round" in page
    assert "data-waits" not in page
