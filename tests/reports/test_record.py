"""The traceable record: one timeline for each reader, each entry with its position in the trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.base.db import Base
from challenge.reports import record
from challenge.reports.threads import Sight
from challenge.rules import record as rules
from challenge.web.organize.audit import ACTIONS
from tests.factories import UserFactory, actor_of
from tests.reports.stories import Walk, agreed, judged, walk
from tests.rigs.application import Terminal, Visitor
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}

NEED = {"requirement.created", "requirement.submitted", "requirement.published"}
SENT = {"care.claimed", "distribution.sent", "docking.paired", "docking.planned"}
ENTERED, RANKED = {"submission.submitted"}, {"ranking.fixed"}
DECIDED, OUT = {"decision.made"}, {"notice.started", "awards.published"}
CONTRACT = {
    *("agreement.begun", "agreement.proposed", "agreement.side_signed", "agreement.signed"),
    *("milestone.delivered", "milestone.accepted", "requirement.agreed"),
}
SERVED = {"service.asked"}
EVERYTHING = SERVED | NEED | SENT | ENTERED | RANKED | DECIDED | OUT | CONTRACT | {"awards.proposed"}


def seen(db: Session, kind: str, ref: str, user: User, *, readable: bool = True) -> set[str]:
    """The actions that somebody sees, at the end of all things."""
    actor = actor_of(user)
    origin = record.find(db, actor, kind, ref)
    held = rules.readers(actor, record.subject_of(origin, actor))
    sights = [Sight(actor, each, readable) for each in held]
    return {line.action for line in record.lines(db, origin, sights, limit=500)} if sights else set()


def test_each_reader_sees_what_the_table_says(db: Session) -> None:
    walked = agreed(db)
    made = walked.court
    need, entry, contract = made.requirement.ref, made.entries[0].ref, walked.contract.rpartition("/")[2]
    stranger, admin = UserFactory(), UserFactory(admin=True)
    table = {
        ("need", need, made.organizer): EVERYTHING,
        ("need", need, admin): EVERYTHING,
        ("need", need, walked.seeker): NEED | SENT | ENTERED | RANKED | DECIDED | OUT | CONTRACT | SERVED,
        ("need", need, walked.broker): NEED | SENT | OUT | CONTRACT,
        ("submission", entry, made.organizer): EVERYTHING - SENT | {"care.claimed"},
        ("submission", entry, walked.solver): {"requirement.published"} | ENTERED | OUT | CONTRACT,
        ("agreement", contract, walked.seeker): {"requirement.published"} | CONTRACT | SERVED,
        ("agreement", contract, walked.solver): {"requirement.published"} | ENTERED | OUT | CONTRACT,
        ("agreement", contract, walked.broker): NEED | OUT | CONTRACT | {"care.claimed"},
        ("agreement", contract, made.organizer): EVERYTHING - SENT | {"care.claimed"},
    }
    nobody = {
        *(("need", need, each) for each in (walked.solver, walked.rival, stranger, made.people[0])),
        *(("submission", entry, each) for each in (walked.rival, walked.broker, stranger, made.people[0])),
        *(("agreement", contract, each) for each in (walked.rival, stranger)),
    }
    for (kind, ref, user), wanted in {**table, **{key: set[str]() for key in nobody}}.items():
        assert seen(db, kind, ref, user) == wanted, (kind, user.name)


def test_before_the_close_a_seeker_learns_of_no_entry(visitor: Callable[..., Visitor], db: Session) -> None:
    walked = walk(db)
    mine = visitor(walked.seeker)
    page = mine.get(walked.need, headers=ENGLISH).text
    assert "A requirement was published" in page
    assert "A submission was handed in" not in page
    assert not any(each.code in page for each in walked.court.entries)
    run = visitor(walked.court.organizer).get(walked.need, headers=ENGLISH).text
    assert all(each.code in run for each in walked.court.entries), "organizers know the pseudonyms"


def test_a_seal_hides_the_entries_from_the_seeker(visitor: Callable[..., Visitor], db: Session) -> None:
    walked = judged(db)
    walked.court.round.sealed = True
    mine = visitor(walked.seeker)
    assert "A submission was handed in" not in mine.get(walked.need, headers=ENGLISH).text
    walked.court.round.sealed = False
    page = mine.get(walked.need, headers=ENGLISH).text
    assert page.count("A submission was handed in") == 2
    assert "phase 1 · 4 scorecards" in page


def test_who_speaks_for_a_seeker_and_entered_too_reads_no_rival(db: Session) -> None:
    walked = judged(db)
    need = walked.court.requirement.ref
    assert seen(db, "need", need, walked.seeker) >= ENTERED
    assert not ENTERED & seen(db, "need", need, rival_seeker(walked))


def rival_seeker(walked: Walk) -> User:
    """The rival speaks for the seeker as well."""
    from tests.factories import MembershipFactory

    MembershipFactory(
        user=walked.rival, organization_id=walked.court.requirement.seeker_id, representative=True
    )
    walked.db.commit()
    return walked.rival


def test_no_judge_and_no_stranger_is_named(visitor: Callable[..., Visitor], db: Session) -> None:
    walked = agreed(db)
    names = {
        "judge": ("kestrel", "merlin"),
        "others": ("Rival Rao", walked.court.organizer.name),
    }
    for user, urls in (
        (walked.seeker, (walked.need, walked.contract)),
        (walked.solver, (walked.entry, walked.contract)),
        (walked.broker, (walked.need,)),
        (walked.court.organizer, (walked.need, walked.entry, walked.contract)),
    ):
        client = visitor(user)
        for url in urls:
            for door in ("", "?as=csv", "/signed.json"):
                text = client.get(url + door, headers=ENGLISH).text
                assert not any(name in text for name in names["judge"]), (user.name, url + door)
                if user is not walked.court.organizer:
                    assert not any(name in text for name in names["others"]), (user.name, url + door)
    mine = visitor(walked.seeker).get(walked.need, headers=ENGLISH).text
    assert "Zhao Seeker" in mine
    assert "Sun Solver" not in mine
    assert "the organizer" in mine
    assert "Sun Solver" in visitor(walked.solver).get(walked.entry, headers=ENGLISH).text
    assert "another party" in visitor(walked.seeker).get(walked.contract, headers=ENGLISH).text


def test_a_part_is_read_alone_page_by_page(db: Session) -> None:
    walked = agreed(db)
    actor = walked.court.as_organizer
    origin = record.find(db, actor, "need", walked.court.requirement.ref)
    sights = [Sight(actor, "organizer")]
    whole = record.lines(db, origin, sights, limit=500)
    assert [line.at for line in whole] == sorted((line.at for line in whole), reverse=True)
    paged, before = [], None
    while rows := record.lines(db, origin, sights, before=before, limit=4):
        paged, before = [*paged, *rows], rows[-1].id
    assert [line.id for line in paged] == [line.id for line in whole]
    parts = {part: record.lines(db, origin, sights, part=part, limit=500) for part in rules.PARTS}
    assert sum(map(len, parts.values())) == len(whole)
    for part, rows in parts.items():
        assert {rules.part_of(line.action) for line in rows} <= {part}


def test_every_action_of_the_trail_has_its_part() -> None:
    apart = {
        *("form", "announcement", "question", "requirements", "invitation", "rubric", "method", "judge"),
        *("conflict", "assignment", "pair", "ballot", "vote", "scorecard", "discussion", "resource"),
        *("terms", "teammates", "likeness", "on_site", "draw", "stage", "paper", "broker", "needs", "judges"),
        *("course", "anew", "story", "certificate", "register", "recipient", "contacts"),
        # Of people, programmes and the installation: in the trail of the platform, not of a need.
        *("account", "administrator", "audit", "auditor", "erasure", "group_message", "hold", "letter"),
        *("look", "manager", "membership", "organization", "organizer", "person", "programme"),
        *("settings", "storage", "task"),
    }
    kinds = {action.partition(".")[0] for action in ACTIONS}
    assert kinds - apart <= set(rules.PART_OF_KIND), "say in rules/record.py where they stand"
    assert {part for seen in rules.SEEN.values() for part in seen} <= set(rules.SEEN["organizer"])


def test_what_was_altered_is_marked(visitor: Callable[..., Visitor], db: Session) -> None:
    walked = walk(db)
    organizer = visitor(walked.court.organizer)
    assert "entries fit their fingerprints" in organizer.get(walked.need, headers=ENGLISH).text
    entries = Base.metadata.tables[AuditEntry.__tablename__]
    about = entries.c.action == "requirement.published"
    db.execute(sa.update(entries).where(about).values(actor="user:999"))
    db.commit()
    page = organizer.get(walked.need, headers=ENGLISH).text
    assert "1 entry below does not fit its fingerprint" in page


def test_a_signed_copy_proves_later_that_nothing_was_rewritten(
    visitor: Callable[..., Visitor], db: Session, command: Terminal, tmp_path: Path
) -> None:
    walked = walk(db)
    kept = tmp_path / "record.json"
    kept.write_text(visitor(walked.court.organizer).get(f"{walked.need}/signed.json").text)
    named = json.loads(kept.read_text())["statement"]
    count = len({(each["chain"], each["seq"]) for each in named["entries"] + named["heads"]})
    fine = command.invoke(args=["audit", "verify", "--anchor", str(kept)])
    assert fine.exit_code == 0
    assert f"record.json: {count} of {count} positions as they were signed." in fine.output
    kept.write_text(kept.read_text().replace("requirement.published", "requirement.withdrawn"))
    changed = command.invoke(args=["audit", "verify", "--anchor", str(kept)])
    assert (changed.exit_code, "no anchor" in changed.output) == (2, True)


def test_a_chain_written_anew_differs_from_what_was_signed(
    visitor: Callable[..., Visitor], db: Session, command: Terminal, tmp_path: Path
) -> None:
    from challenge.audit import chain
    from challenge.audit.models import AuditHead

    walked = walk(db)
    kept = tmp_path / "record.json"
    kept.write_text(visitor(walked.court.organizer).get(f"{walked.need}/signed.json").text)
    where = chain.round_chain(walked.court.round.id)
    last = db.scalars(sa.select(AuditEntry).where(AuditEntry.chain == where)).all()[-1]
    last.actor = "user:999"
    last.hash = chain.fingerprint(last)
    db.get_one(AuditHead, where).hash = last.hash
    db.commit()
    told = command.invoke(args=["audit", "verify", "--anchor", str(kept)])
    assert told.exit_code == 1
    assert f"{where} entry {last.seq}: is not what was signed" in told.output


@pytest.mark.parametrize("who", ["organizer", "seeker"])
def test_a_record_costs_the_same_however_long(
    db: Session, visitor: Callable[..., Visitor], statements: Counting, who: str
) -> None:
    costs = []
    for make in (walk, agreed):
        walked = make(db)
        user = walked.court.organizer if who == "organizer" else walked.seeker
        client, url = visitor(user), walked.need
        client.get(url)
        with statements() as asked:
            assert client.get(url).status_code == 200
        costs.append(len(asked))
    assert costs[1] - costs[0] <= 1, "the counts of cards, once there is a ranking"
    assert costs[1] <= (7 if who == "organizer" else 9), str(asked)[:9000]
