"""Programs of seekers, organizers, brokers and administrators do what their pages do."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base import clock
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.api.stories import Caller, caller, token_of
from tests.factories import OrganizationFactory, RoundFactory, UserFactory, organizer_of
from tests.rigs.application import Visitor

NEED = {
    "title_en": "Cold rolled strip without scratches",
    "summary_en": "Strip of 0.3 mm is scratched at the exit.",
    "problem_en": "At 1,200 m a minute the strip flutters.",
    "field": "materials",
    "keywords": ["strip", "cold rolling"],
    "modes": ["joint"],
    "budget_max_minor": 60_000_000,
    "indicators": [{"name_en": "Scratches", "comparison": "le", "target": "2", "unit": "per km"}],
}


def test_a_seeker_posts_a_requirement_by_a_program(client: Visitor, db: Session) -> None:
    seeker = OrganizationFactory()
    call = RoundFactory(stage=Stage.REQUIREMENTS)
    person = UserFactory(represents=[seeker])
    only = ["needs:read", "needs:write"]
    slug, ref = call.slug, seeker.ref
    program = Caller(client, token_of(person, only=only, organization=seeker).secret)
    made = program.post("/needs", {"round": slug, "organization": ref})
    assert (made.status_code, made.json["state"]) == (201, "draft")
    path = made.headers["Location"].removeprefix("/api/v1")
    written = program.ask("PUT", path, NEED, If_Match=made.headers["ETag"])
    assert (written.status_code, written.json["title_en"]) == (200, NEED["title_en"])
    assert program.ask("PUT", path, NEED, If_Match=made.headers["ETag"]).status_code == 412
    handed_in = program.post(f"{path}/submit")
    if handed_in.status_code == 422:
        assert {each["field"] for each in handed_in.json["errors"]} == {
            each["field"] for each in written.json["missing"]
        }
    assert [each["ref"] for each in program.get("/needs").json["items"]] == [made.json["ref"]]


def test_an_organization_s_token_reaches_no_other_organization(client: Visitor, db: Session) -> None:
    mine, other = OrganizationFactory(), OrganizationFactory()
    call = RoundFactory(stage=Stage.REQUIREMENTS)
    person = UserFactory(represents=[mine, other])
    slug, refs = call.slug, (mine.ref, other.ref)
    whole = caller(client, person)
    elsewhere = whole.post("/needs", {"round": slug, "organization": refs[1]}).json["ref"]
    only = ["needs:read", "needs:write"]
    made = token_of(person, only=only, organization=db.get_one(Organization, mine.id))
    program = Caller(client, made.secret)
    assert program.get(f"/needs/{elsewhere}").status_code == 404
    assert program.post("/needs", {"round": slug, "organization": refs[1]}).status_code == 422
    assert program.get("/needs").json["items"] == []
    assert program.get("/agreements").json["items"] == []
    assert program.get("/assignments").status_code == 403


def test_an_organizer_runs_a_round_by_a_program(client: Visitor, db: Session) -> None:
    first = RoundFactory(stage=Stage.SUBMISSION)
    organizer = organizer_of(first.programme)
    programme, slug, round_id = first.programme.slug, first.slug, first.id
    program, now = caller(client, organizer), clock.now(db)
    windows = [
        {
            "stage": stage,
            "opens_at": (now + dt.timedelta(days=10 * number)).isoformat(),
            "closes_at": (now + dt.timedelta(days=10 * number + 9)).isoformat(),
        }
        for number, stage in enumerate(("requirements", "submission", "judging", "award"), start=1)
    ]
    asked = {"title_en": "Autumn", "windows": windows}
    drafted = program.post(f"/organize/programmes/{programme}/rounds", asked)
    assert (drafted.status_code, drafted.json["public"]) == (201, False)
    path = drafted.headers["Location"].removeprefix("/api/v1")
    tag = program.get(path).headers["ETag"]
    titled = program.ask("PUT", path, {"title_en": "Late autumn", "windows": windows}, If_Match=tag)
    assert titled.json["title_en"] == "Late autumn"
    assert program.post(f"{path}/launch").json["public"] is True
    later = (now + dt.timedelta(days=60)).isoformat()
    asked = {"stage": "submission", "closes_at": later, "move_later": True, "reason": "A fair"}
    longer = program.post(f"/organize/rounds/{slug}/extend", asked)
    assert longer.status_code == 200, longer.json
    said = program.post(f"/organize/rounds/{slug}/announcements", {"title_en": "Hello", "body_en": "Text"})
    assert (said.status_code, said.json["title_en"]) == (201, "Hello")
    for part in ("needs", "questions", "form", "entries", "criteria", "progress", "ranking", "agreements"):
        assert program.get(f"/organize/rounds/{slug}/{part}").status_code == 200, part
    assert db.get_one(Round, round_id).slug == slug


def test_others_do_not_run_it(client: Visitor, db: Session) -> None:
    slug = RoundFactory(stage=Stage.SUBMISSION).slug
    stranger = caller(client, UserFactory())
    for part in ("needs", "entries", "ranking", "agreements"):
        assert stranger.get(f"/organize/rounds/{slug}/{part}").status_code == 403, part
    assert stranger.post(f"/organize/rounds/{slug}/cancel", {"reason": "x"}).status_code == 403
    assert stranger.get("/admin/users").status_code == 403
    assert stranger.get("/audit/platform").status_code == 403


def test_an_administrator_lists_organizations_and_people(client: Visitor, db: Session) -> None:
    organization, person = OrganizationFactory(name="Kestrel Works"), UserFactory(name="Kestrel")
    names = (organization.ref, person.ref)
    program = caller(client, UserFactory(admin=True))
    assert [each["ref"] for each in program.get("/admin/organizations?q=kestrel").json["items"]] == [names[0]]
    assert [each["ref"] for each in program.get("/admin/users?q=kestrel").json["items"]] == [names[1]]
    assert program.get(f"/admin/users/{names[1]}").json["name"] == "Kestrel"
    trail = program.get("/audit/platform").json["items"]
    assert trail[0]["action"] == "token.made"


def test_a_person_keeps_their_profile_and_asks(client: Visitor, db: Session) -> None:
    slug = RoundFactory(stage=Stage.SUBMISSION).slug
    program = caller(client, UserFactory(name="Before"))
    read = program.get("/me")
    changed = program.ask("PATCH", "/me", {"name": "After"}, If_Match=read.headers["ETag"])
    assert (read.json["name"], changed.json["name"]) == ("Before", "After")
    asked = program.post(f"/rounds/{slug}/questions", {"body": "Until when?"})
    assert (asked.status_code, asked.json["answer"]) == (201, None)
    assert len(program.get("/me/tokens").json["items"]) == 1
    assert program.get("/me/inbox").json["items"] == []
    assert program.get("/dockings").json["items"] == []
