"""The doors as a whole: one table, one description, refusals as problems, pages by key, no other origin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge import api
from challenge.api import described
from challenge.rules.errors import Refused
from challenge.rules.scopes import AREAS
from challenge.rules.stages import Stage
from challenge.web.api_words import AREAS as AREA_WORDS
from challenge.web.doors import UnlistedRoute, check_routes
from tests.api.stories import Caller, caller
from tests.factories import RequirementFactory, RoundFactory, UserFactory
from tests.house import tree
from tests.rigs.application import Visitor


def test_every_door_has_its_view_its_area_and_its_place_in_the_description(app: Flask) -> None:
    with app.app_context():
        paths = described.document()["paths"]
        told = {
            each["operationId"] for path in paths.values() for each in path.values() if "operationId" in each
        }
        assert described.views().keys() == api.DOORS.keys()
    assert told == {door.name for door in api.DOORS.values()}
    assert {door.area for door in api.DOORS.values()} <= {None, *AREAS}
    assert set(AREA_WORDS) == set(AREAS)


def test_a_door_that_no_table_names_stops_the_app(app: Flask) -> None:
    missing = dict(app.config["ROUTES"])
    missing.pop("api.handing_in_submit")
    with pytest.raises(UnlistedRoute, match=r"api\.handing_in_submit"):
        check_routes(app, missing)


def test_a_web_worker_loads_neither_shapes_nor_description(tmp_path: Path) -> None:
    code = "import sys, wsgi; sys.stdout.write(' '.join(sys.modules))"
    env = {"PATH": "/usr/bin:/bin", "CHALLENGE_DATA": str(tmp_path)}
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=tree.ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"flask_smorest", "marshmallow", "apispec"}.isdisjoint(loaded)


def test_the_description_and_its_page_are_read_without_a_token(client: Visitor) -> None:
    made = Caller(client).get("/openapi.json")
    assert made.json["openapi"] == "3.1.0"
    page = Caller(client).get("/docs")
    assert "/api/v1/entries/{ref}/submit" in page.get_data(as_text=True)
    assert "http" not in page.get_data(as_text=True).partition("<script src")[2][:20]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("POST", "/rounds", 405), ("GET", "/rounds/nobody", 404)],
)
def test_every_refusal_is_a_problem_in_the_caller_s_language(
    client: Visitor, method: str, path: str, status: int
) -> None:
    for language, tag in (("zh", "zh-CN"), ("en", "en")):
        refused = Caller(client).ask(method, path, Accept_Language=language)
        assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
        assert refused.json["status"] == status
        assert refused.json["type"].endswith(refused.json["code"])
        assert refused.headers["Content-Language"] == tag


def test_bodies_that_are_no_json_or_of_the_wrong_shape_are_named(client: Visitor, db: Session) -> None:
    program = caller(client, UserFactory())
    headers = {"Authorization": f"Bearer {program.secret}", "Accept-Language": "en"}
    form = client.post("/api/v1/entries", data={"round": "x"}, headers=headers, token=False)
    assert form.status_code == 415
    broken = client.post(
        "/api/v1/entries", data="{", content_type="application/json", headers=headers, token=False
    )
    assert broken.status_code == 400
    wrong = program.post("/entries", {"round": 7, "other": 1}, Accept_Language="en")
    assert wrong.status_code == 422
    assert {each["field"]: each["code"] for each in wrong.json["errors"]} == {
        "round": "not_text",
        "other": "field_unknown",
    }


def test_pages_go_on_by_key_until_the_end(client: Visitor, db: Session) -> None:
    need = RequirementFactory(round__stage=Stage.SUBMISSION)
    refs = {need.ref, *(RequirementFactory(round=need.round).ref for _ in range(4))}
    seen: list[str] = []
    slug = need.round.slug
    path = f"/rounds/{slug}/requirements?limit=2"
    while path:
        page = Caller(client).get(path)
        seen += [each["ref"] for each in page.json["items"]]
        assert ("Link" in page.headers) == (page.json["next"] is not None)
        path = (page.json["next"] or "").partition("/api/v1")[2]
    assert (len(seen), set(seen)) == (5, refs)
    assert Caller(client).get("/requirements?cursor=made-up").json["code"] == "cursor_unknown"
    assert Caller(client).get("/requirements?limit=0").status_code == 400


def test_what_is_public_is_read_as_a_visitor_reads_it(client: Visitor, db: Session) -> None:
    draft = RoundFactory(public=False)
    organizer = UserFactory(organizes=[draft.programme])
    assert caller(client, organizer).get(f"/rounds/{draft.slug}").status_code == 403
    need = RequirementFactory(round__stage=Stage.SUBMISSION, anonymous=True)
    slug = need.round.slug
    read = Caller(client).get(f"/requirements/{need.ref}")
    assert (read.status_code, read.json["seeker_zh"]) == (200, None)
    for path in ("", "/requirements", "/announcements", "/changes", "/questions", "/panels", "/results"):
        assert Caller(client).get(f"/rounds/{slug}{path}").status_code == 200, path
    for path in ("/programmes", "/funnel", "/rounds?show=all", "/results", "/search?q=steel"):
        assert Caller(client).get(path).status_code == 200, path


def test_unchanged_pages_are_not_sent_again(client: Visitor, db: Session) -> None:
    first = Caller(client).get("/rounds")
    again = Caller(client).get("/rounds", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.get_data()) == (304, b"")


def test_no_other_origin_is_let_in(client: Visitor) -> None:
    asked = client.open("/api/v1/rounds", method="OPTIONS", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in asked.headers if name[0].startswith("Access-Control")]


def test_whoever_asks_too_often_is_told_when_to_come_back(make_app: Callable[..., Flask]) -> None:
    client = make_app(rate_limits=True).test_client()
    headers = {"Accept-Language": "en"}
    answers = [client.get("/api/v1/nothing", headers=headers) for _ in range(121)]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=120;w=60'
    assert answers[0].headers["RateLimit"].startswith('"default";r=119;t=')
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_refusals_that_only_programs_meet_have_their_words(app: Flask) -> None:
    with app.test_request_context("/api/v1/rounds"):
        words = app.extensions["api_words"]
        assert "%" not in words.say(Refused("token_in_address"))
