"""Every door that a judge can open in a blind phase is tried; one that nobody tried yet is named here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from challenge.judging import comparing, on_site, staging, voting
from challenge.judging.on_site import Setting
from challenge.judging.on_site_models import OnSite
from challenge.messages.models import Letter
from challenge.ties.models import Tie
from challenge.work import drain
from tests.factories import MembershipFactory, OrganizationFactory
from tests.files import papers
from tests.judging.blind import CANARIES, blind_court, heard, rename_all, without_chance
from tests.judging.stories import Court
from tests.rigs.application import Visitor

pytestmark = pytest.mark.sqlite  # who may read what is decided above the database


def by_scores(db: Session) -> Court:
    """Two proposals, the second not declared yet."""
    made = blind_court(db, accepted=True, entries=2)
    made.assignment(0, 1).state = "invited"
    db.commit()
    return made


def by_ballot(db: Session) -> Court:
    return blind_court(db, accepted=True, way="ranked", entries=2, copies=False)


def by_pairs(db: Session) -> Court:
    made = blind_court(db, accepted=True, way="pairwise", entries=2, copies=False)
    comparing.deal(db, made.as_judge(), made.phase.id)
    return made


def on_stage(db: Session) -> Court:
    """A final on site with its order drawn, one entry on stage, and a public vote beside it."""
    made = blind_court(db, accepted=True, public_vote="changeable", entries=2, copies=False)
    made.round.stage, made.round.public_vote = "judging", True
    db.flush()
    on_site.set_up(db, made.as_organizer, made.round.id, 1, Setting(8, 5, screen_public=True))
    on_site.commit(db, made.as_organizer, made.round.id, 1)
    on_site.draw(db, made.as_organizer, made.round.id, 1)
    staging.call(db, made.as_organizer, made.round.id, 1, made.entries[0].code)
    db.execute(sa.update(OnSite).values(chair_id=made.people[0].id))
    voting.put_up(db, made.as_organizer, made.round.id, 1, [each.ref for each in made.entries])
    return made


World = Callable[[Session], Court]
# Door -> the world in which a judge opens it, and its address there.
DOORS: Mapping[str, tuple[World, str]] = {
    "judge.queue": (by_scores, "/judge/"),
    "judge.desk": (by_scores, "/judge/{ref}"),
    "judge.declare": (by_scores, "/judge/{invited}/declaration"),
    "judge.abstain": (by_scores, "/judge/{ref}/abstention"),
    "judge.recuse": (by_scores, "/judge/{ref}/recusal"),
    "judge.document": (by_scores, "/judge/{ref}/documents/1"),
    "judge.pages": (by_scores, "/judge/{ref}/documents/1/pages"),
    "judge.page": (by_scores, "/judge/{ref}/documents/1/pages/1"),
    "judge.kept": (by_scores, "/judge/{ref}/save"),
    "judge.own_scores": (by_scores, "/judge/phases/{phase}"),
    "judge.kept_all": (by_scores, "/judge/phases/{phase}/save"),
    "judge.talk": (by_scores, "/judge/{ref}/discussion"),
    "judge.ballot": (by_ballot, "/judge/phases/{phase}/ballot"),
    "judge.pair": (by_pairs, "/judge/phases/{phase}/pair"),
    "stage.seat": (on_stage, "/judge/stage/{phase}"),
    "stage.chair": (on_stage, "/stage/{slug}/1"),
    "stage.screen": (on_stage, "/rounds/{slug}/screen/1"),
    "stage.secret_screen": (on_stage, "/rounds/{slug}/screen/1/{key}"),
    "stage.draw": (on_stage, "/rounds/{slug}/draw/1"),
    "stage.draw_file": (on_stage, "/rounds/{slug}/draw/1.json"),
    "public.vote": (on_stage, "/rounds/{slug}/vote"),
}
WORLDS = (by_scores, by_ballot, by_pairs, on_stage)


def test_every_door_of_judges_and_of_the_hall_is_tried(app: Flask) -> None:
    doors = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.split(".")[0] in ("judge", "stage")
    }
    assert doors | {"public.vote"} == DOORS.keys(), "give the new door its world and its address above"


def addresses(made: Court) -> dict[str, str]:
    site = made.db.scalars(sa.select(OnSite)).one_or_none()
    return {
        "ref": made.assignment(0, 0).ref,
        "invited": made.assignment(0, 1).ref,
        "phase": str(made.phase.id),
        "slug": made.round.slug,
        "key": site.screen_key if site is not None else "",
    }


def tried(client: Visitor, made: Court, world: World) -> Iterator[tuple[str, bytes]]:
    """What the judge gets at each door of this world: what it says in headers and body."""
    names = addresses(made)
    for door, (where, path) in DOORS.items():
        if where is not world:
            continue
        answer = client.get(path.format(**names))
        assert answer.status_code == 200, (door, answer.status_code)
        said = {name: answer.headers.get(name) for name in ("ETag", "Content-Disposition", "Last-Modified")}
        body = answer.data.decode("latin-1")
        yield door, f"{said}{without_chance(body)}".encode("latin-1")


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_no_door_tells_whose_it_is_and_twins_look_the_same(
    client: Visitor, db: Session, world: World
) -> None:
    made = world(db)
    client.sign_in(made.people[0])
    before = dict(tried(client, made, world))
    assert {door: heard(papers.inside(said).decode("utf-8", "replace")) for door, said in before.items()} == {
        door: [] for door in before
    }
    rename_all(made)
    after = dict(tried(client, made, world))
    assert [door for door, said in before.items() if said != after[door]] == []


def paths(app: Flask, made: Court) -> Iterator[tuple[Rule, str]]:
    """Every page of the site, with whatever a judge could put into its address."""
    entry, mine = made.entries[0], made.assignment()
    refs = (mine.ref, entry.ref, made.requirement.ref)
    slugs = (made.round.slug, made.round.programme.slug)
    kinds = {"int": (str(made.phase.id), str(entry.id)), "slug": slugs, "ref": refs, "code": (entry.code,)}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        for turn in range(3 if names else 1):
            path = re.sub(
                r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>",
                lambda found, turn=turn: _value(kinds, found, turn),
                rule.rule,
            )
            yield rule, path


def _value(kinds: Mapping[str, tuple[str, ...]], found: re.Match[str], turn: int) -> str:
    known = kinds.get(found[1] or "") or kinds.get(found[2]) or kinds["ref"]
    return known[turn % len(known)]


# What anybody signed in may enter: lists of one's own, and how a form is written.
HUBS = {
    *("organize.home", "organize.form_schema", "solve.submissions"),
    *("seek.mine", "seek.decisions", "seek.new", "seek.behalf", "seek.blank_paper", "solve.for_me"),
    "seek.anew",
}


def test_no_page_of_the_whole_site_sings_to_a_judge(client: Visitor, db: Session, app: Flask) -> None:
    made = by_scores(db)
    client.sign_in(made.people[0])
    db.refresh(made.round, ["programme"])
    todo = list(dict.fromkeys((rule.endpoint, path) for rule, path in paths(app, made)))
    told, opened = [], set()
    for endpoint, path in todo:
        answer = client.get(path)
        assert answer.status_code < 500, path
        said = papers.inside(answer.data).decode("utf-8", "replace") + str(answer.headers)
        told += [(path, heard(said))] if heard(said) else []
        opened |= {endpoint} if answer.status_code == 200 else set()
    assert told == []
    assert {"judge.desk", "judge.document", "account.data_archive", "public.round"} <= opened
    offices = {each for each in opened if each.startswith(("organize.", "solve.", "seek.", "admin."))}
    assert offices == HUBS


def test_no_letter_to_a_judge_says_whose_it_is(db: Session) -> None:
    made = blind_court(db, copies=False)
    db.commit()
    drain()
    judge = made.people[0].email
    letters = db.scalars(sa.select(Letter).where(Letter.recipient == judge)).all()
    assert letters
    whole = [f"{each.subject}{each.body}{each.html}{each.attachments}" for each in letters]
    assert [letter for letter in whole if heard(letter)] == []


def test_a_judge_cannot_feel_out_by_ties_told_and_taken_back_who_entered(
    client: Visitor, db: Session
) -> None:
    made = by_scores(db)
    client.sign_in(made.people[0])
    desk, page = f"/judge/{made.assignment().ref}", "/profile/judging/ties"
    for kind, email in (("co_author", CANARIES["owner's address"] + "@canary.cn"), ("family", "x@y.cn")):
        guess = {"kind": kind, "name": "Somebody", "email": email, "year": "2026"}
        assert client.post(page, data=guess).status_code == 302
        assert client.get(desk).status_code == 200, "what is not certain, or of nobody here, shuts nothing"
    told = {each.kind: each.ref for each in db.scalars(sa.select(Tie))}
    client.post(f"{page}/{told['co_author']}/remove")
    assert (
        "Family and shares stay" in client.post(f"{page}/{told['family']}/remove", follow_redirects=True).text
    )
    assert [each.kind for each in db.scalars(sa.select(Tie))] == ["family"]
    made.round.stage = "closed"
    client.post(f"{page}/{told['family']}/remove")
    assert db.scalars(sa.select(Tie)).all() == []


def test_a_judge_cannot_feel_out_who_entered_by_names_of_the_own_organization(
    client: Visitor, db: Session
) -> None:
    made = by_scores(db)
    judge = made.people[0]
    works = MembershipFactory(user_id=judge.id, organization=OrganizationFactory()).organization
    page = f"/organizations/{works.ref}/aliases"
    client.sign_in(judge)
    for names, status in (("A guess", 302), ("Another guess", 422), ("A guess\nAnother guess", 302)):
        assert client.post(page, data={"aliases": names}).status_code == status
    made.round.stage = "closed"
    assert client.post(page, data={"aliases": ""}).status_code == 302
