"""Nothing that is not for everyone is on any page that everyone reads; every link on them leads somewhere."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.objection_models import Objection, ObjectionFile
from challenge.base import clock
from challenge.files.models import Blob
from challenge.rounds.models import Round
from challenge.rules.services import RATED_FROM
from challenge.services.asking import close
from challenge.submissions.models import Submission
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.services.stories import house
from tests.web.public.town import asked, in_training, searchable, storied, town

CANARY = re.compile("canary", re.IGNORECASE)
LINK = re.compile(r'(?:href|src|action)="([^"]+)"')
READ = ("text/html", "text/csv", "application/atom+xml", "application/rss+xml")
POSTED_ALONE = ("/reader", "/login/passkey")
WHERE_ONE_SIGNS_IN = ("/login", "/work", "/solve/", "/profile")


def crawl(client: Visitor, start: str = "/") -> dict[str, str]:
    """Every page that links from page to page lead to, without posting and without fragments."""
    pages: dict[str, str] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        answer = client.get(path)
        private = path.startswith(WHERE_ONE_SIGNS_IN) or path.endswith(("/ask", "/teammates"))
        assert answer.status_code == 200 or (private and answer.status_code == 302), (
            f"{path}: {answer.status}"
        )
        pages[path] = answer.text if answer.mimetype in READ else ""
        answer.close()
        for link in LINK.findall(pages[path]):
            target = urlsplit(urljoin(path, unescape(link)))
            posted = f'action="{link}"' in pages[path] and target.path in POSTED_ALONE
            if not target.netloc and target.path and not posted:
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return pages


def objected(db: Session, round_: Round) -> None:
    """Somebody objected to an entry of the round, and was answered: everyone reads one sentence of it."""
    now, author = clock.now(db), UserFactory(name="Canary Objector", email="canary-objector@example.org")
    entry = db.scalars(sa.select(Submission.id).where(Submission.round_id == round_.id).limit(1)).one()
    objection = Objection(
        round_id=round_.id,
        submission_id=entry,
        ground="conflict",
        side="public",
        text="canary-objection",
        digest="0" * 64,
        author_id=author.id,
        name="Canary Objector",
        address=author.email,
        state="upheld",
        filed_at=now,
        due_at=now,
        answered_at=now,
        reasons="canary-reasons",
        public_text="The log was looked at again.",
    )
    db.add(objection)
    db.flush()
    pdf = {"sha256": "c" * 64, "size": 1, "media_type": "application/pdf", "created_at": now}
    db.add(Blob(**pdf))
    db.flush()
    db.add(ObjectionFile(objection_id=objection.id, sha256="c" * 64, name="canary-evidence.pdf"))
    db.flush()


def test_every_link_leads_to_a_page_and_none_tells_what_is_not_public(client: Visitor, db: Session) -> None:
    made = town(db)
    asked(db, made.need, body="canary-private-question", answer="canary-private-answer", public=False)
    asked(db, made.need, body="canary-waiting-question", answer=None, answered_at=None, public=False)
    objected(db, made.decided)
    story = storied(db, made.need)
    searchable(db)
    centre = house(db)
    centre.firm.name = centre.firm.name_en = "Canary Firm"
    for number in range(RATED_FROM):
        request = centre.done(f"canary-request-{number}")
        close(db, centre.as_asker, request.ref, 4, "canary-rating")
    course, service = in_training(db), f"/services/{centre.service.ref}"
    for language in ("en", "zh-CN"):
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        pages = crawl(client)
        assert {service, course, story} <= pages.keys()
        secret = f"/requirements/{made.secret_need.ref}/confidential"  # where one is asked to sign in
        assert {secret, f"/requirements/{made.need.ref}", "/rounds/decided/results", "/rules"} <= pages.keys()
        assert all("<title>" in pages[feed] for feed in ("/requirements.atom", "/requirements.rss"))
        assert "The log was looked at again." in pages["/rounds/decided/results"]
        told = {path: CANARY.search(text) for path, text in pages.items()}
        assert {path: found for path, found in told.items() if found} == {}


def test_search_finds_nothing_that_is_not_public(client: Visitor, db: Session) -> None:
    town(db)
    searchable(db)
    for word in ("confidential", "not-published", "draft-round", "Seeker", "机密"):
        page = client.get(f"/search?q={word}", headers={"Accept-Language": "en"}).text
        assert "Nothing found" in page, word
