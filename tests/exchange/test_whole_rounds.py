"""A whole round goes to another installation and comes back: the same content, nothing follows from it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from challenge.exchange import round_tables as plan
from challenge.files.storage import storage
from challenge.judging.models import Criterion, Standing
from challenge.messages.models import Letter
from challenge.rounds.models import Round, RoundPage
from challenge.submissions.models import Submission
from challenge.tasks.models import Task
from tests.exchange.installations import Elsewhere
from tests.exchange.whole_rounds import exported, judged, lived_in, migrated, run
from tests.factories import RoundFactory
from tests.rigs.application import Terminal


@pytest.fixture
def archive(app: Flask, db: Session, command: Terminal, tmp_path: Path) -> Path:
    """The archive of a judged round."""
    made = judged(db)
    file = tmp_path / "round.zip"
    exported(app, made.round.slug, file)
    return file


@pytest.fixture
def there(elsewhere: Elsewhere, spare_database: Callable[[], str]) -> Flask:
    """Another installation, with its tables and nobody in it."""
    return elsewhere(spare_database())


def told(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        return dict(json.loads(archive.read("manifest.json")))


def test_a_round_arrives_as_it_was_and_goes_on_as_the_same(
    archive: Path, there: Flask, tmp_path: Path
) -> None:
    lived_in(there)
    result = run(there, "import", "round", archive)
    assert result.exit_code == 0, result.output
    slug = told(archive)["round"]["slug"]
    assert exported(there, slug, tmp_path / "again.zip")["digest"] == told(archive)["digest"]
    verified = run(there, "ranking", "verify", "--round", slug)
    assert verified.exit_code == 0, verified.output
    assert run(there, "audit", "verify").exit_code == 0
    with there.app_context(), fresh_session() as session:
        criteria = {str(each) for each in session.scalars(sa.select(Criterion.id))}
        panels = session.scalars(sa.select(Standing.panel)).all()
        assert panels
        assert all(panel.keys() <= criteria for panel in panels)
        assert set(session.scalars(sa.select(Task.kind))) <= {"index", "figures"}
        assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0
        assert storage().size_of(next(iter(told(archive)["files"]))) == len(b"a proposal")


@pytest.mark.postgres
def test_a_round_moves_from_one_database_to_the_other_and_back(
    archive: Path, elsewhere: Elsewhere, there: Flask, tmp_path: Path
) -> None:
    slug, digest = told(archive)["round"]["slug"], told(archive)["digest"]
    light = migrated(elsewhere(f"sqlite:///{tmp_path / 'light.db'}"))
    assert run(light, "import", "round", archive).exit_code == 0
    assert exported(light, slug, tmp_path / "light.zip")["digest"] == digest
    assert run(there, "import", "round", tmp_path / "light.zip").exit_code == 0
    assert exported(there, slug, tmp_path / "heavy.zip")["digest"] == digest


def test_a_dry_run_says_what_it_would_do_and_does_nothing(archive: Path, there: Flask) -> None:
    result = run(there, "import", "round", archive, "--dry-run")
    said = json.loads(result.stdout)
    assert (said["made"]["programme"], said["created"]["submission"]) == (1, 2)
    with there.app_context(), fresh_session() as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Round, Task)]
        assert counts == [0, 0]
        assert storage().is_empty()


def test_whoever_is_here_is_found_and_others_wait_for_their_owners(
    archive: Path, there: Flask, db: Session
) -> None:
    from challenge.accounts.models import User

    address = str(db.scalar(sa.select(User.email).order_by(User.id)))
    with there.app_context(), fresh_session() as session:
        session.add(User(email=address, fs_uniquifier="x", name="Here before"))
    said = json.loads(run(there, "import", "round", archive).stdout)
    assert said["found"]["user_account"] == 1
    with there.app_context(), fresh_session() as session:
        people = list(session.scalars(sa.select(User).where(User.email != address)))
        assert len(people) == said["made"]["user_account"]
        assert {(each.password, each.confirmed_at, each.admin) for each in people} == {(None, None, False)}
        assert session.scalar(sa.select(User.name).where(User.email == address)) == "Here before"


def test_the_same_round_is_not_taken_in_twice(archive: Path, app: Flask, db: Session) -> None:
    result = run(app, "import", "round", archive)
    assert result.exit_code == 1
    assert "is here already" in result.stderr
    assert "is here already" in run(app, "import", "round", archive, "--slug", "another").stderr


def test_a_number_that_is_taken_gets_the_rounds_address_behind_it(
    archive: Path, there: Flask, db: Session
) -> None:
    from challenge.requirements.models import Requirement

    with zipfile.ZipFile(archive) as file:
        number = json.loads(file.read("tables/requirement.jsonl").splitlines()[0])["number"]
    with there.app_context(), fresh_session() as session:
        from tests.exchange.whole_rounds import a_need

        a_need(session, number)
    said = json.loads(run(there, "import", "round", archive).stdout)
    assert said["renamed"] == [f"{number}-{said['slug']}"]
    with there.app_context(), fresh_session() as session:
        assert set(session.scalars(sa.select(Requirement.number))) == {number, *said["renamed"]}


def altered(file: Path, change: Any, *, tell: bool = True) -> None:
    """The archive with other members; the manifest is told of their digests unless `tell=False`."""
    import hashlib

    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    for name, text in members.items() if tell else ():
        kind, _, rest = name.partition("/")
        part = (
            manifest["evidence"]
            if kind == "evidence"
            else manifest["files"].get(rest)
            if kind == "files"
            else manifest["tables"].get(rest.removesuffix(".jsonl"))
        )
        if part is not None:
            part |= {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            part["rows"] = text.count(b"\n") if kind != "files" else 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in members.items():
            new.writestr(name, text)
        new.writestr("manifest.json", json.dumps(manifest))


def _newer(_members: Any, manifest: Any) -> None:
    manifest["version"] = 2


def _column(members: Any, manifest: Any) -> None:
    manifest["tables"]["round"]["columns"]["warp"] = "text"
    row = json.loads(members["tables/round.jsonl"]) | {"warp": "9"}
    members["tables/round.jsonl"] = json.dumps(row).encode() + b"\n"


def _table(_members: Any, manifest: Any) -> None:
    manifest["tables"]["user_account_secret"] = {"rows": 0, "size": 0, "sha256": "0" * 64, "columns": {}}
    _members["tables/user_account_secret.jsonl"] = b""


def _score(members: Any, _manifest: Any) -> None:
    members["tables/score.jsonl"] = members["tables/score.jsonl"].replace(b"5.", b"9.", 1)


def _path(members: Any, _manifest: Any) -> None:
    members["../../etc/cron.d/evil"] = b"x"


def _path_of_a_table(members: Any, manifest: Any) -> None:
    manifest["tables"]["../x"] = manifest["tables"]["round"]


def _bomb(members: Any, manifest: Any) -> None:
    members["tables/round.jsonl"] = b" " * 5_000_000 + b"\n"


def _chain(members: Any, _manifest: Any) -> None:
    members["evidence/audit.jsonl"] = members["evidence/audit.jsonl"].replace(b'"seq":1', b'"seq":7', 1)


def _reference(members: Any, _manifest: Any) -> None:
    text = members["tables/submission.jsonl"].replace(b'"requirement_id":1', b'"requirement_id":99')
    members["tables/submission.jsonl"] = text


def _organizer(members: Any, _manifest: Any) -> None:
    text = members["tables/role_grant.jsonl"].replace(b'"role":"judge"', b'"role":"organizer"')
    members["tables/role_grant.jsonl"] = text


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_newer, "format 2"),
        (_column, "does not know round.warp"),
        (_table, "does not know user_account_secret"),
        (_score, "altered or damaged"),
        (_path, "does not hold what its list of contents says"),
        (_path_of_a_table, "damaged or cut off"),
        (_bomb, "unpack to more than it may"),
        (_chain, "does not hold at entry 1"),
    ],
)
def test_an_altered_archive_is_refused_with_words_and_nothing_is_left(
    archive: Path, app: Flask, change: Any, said: str
) -> None:
    altered(archive, change, tell=change in (_column, _table, _bomb))
    result = run(app, "import", "round", archive, "--slug", "other")
    assert result.exit_code == 1
    assert said in result.stderr, result.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_score, "manifest.json is not what"),
        (_reference, "manifest.json is not what"),
        (_chain, "does not hold at entry 1"),
    ],
)
def test_digests_that_were_made_to_fit_do_not_help(archive: Path, app: Flask, change: Any, said: str) -> None:
    altered(archive, change)
    assert said in run(app, "import", "round", archive).stderr


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [(_reference, "refers to a row of requirement"), (_organizer, "role_grant cannot be read")],
)
def test_an_archive_that_somebody_made_up_breaks_no_rule(
    archive: Path, there: Flask, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    from challenge.exchange.round_archives import Content

    altered(archive, change)
    digest = told(archive)["digest"]
    monkeypatch.setattr(Content, "digest", lambda _self, _files: digest)
    assert said in run(there, "import", "round", archive).stderr
    with there.app_context(), fresh_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 0


@pytest.mark.sqlite
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_cut_archive_is_refused(archive: Path, app: Flask, share: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged or cut off" in run(app, "import", "round", archive).stderr


@pytest.mark.sqlite
def test_script_in_a_text_is_cleaned_on_the_way_in(
    archive: Path, there: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from challenge.exchange.round_archives import Content

    def evil(members: Any, _manifest: Any) -> None:
        text = members["tables/round_page.jsonl"].replace(b"<p>Hi", b"<script>x()</script><p>Hi")
        members["tables/round_page.jsonl"] = text

    altered(archive, evil)
    digest = told(archive)["digest"]
    monkeypatch.setattr(Content, "digest", lambda _self, _files: digest)
    assert run(there, "import", "round", archive).exit_code == 0
    with there.app_context(), fresh_session() as session:
        assert session.scalar(sa.select(RoundPage.html)) == "<p>Hi</p>"


def test_a_sealed_round_goes_out_after_its_close_alone(app: Flask, db: Session, tmp_path: Path) -> None:
    RoundFactory(slug="sealed", sealed=True)
    db.commit()
    result = run(app, "export", "round", "sealed", tmp_path / "x.zip")
    assert result.exit_code == 1
    assert "sealed until" in result.stderr
    assert not (tmp_path / "x.zip").exists()


def test_every_row_that_a_row_must_name_goes_along_or_is_matched() -> None:
    known = plan.names() | set(plan.MATCHED) | {plan.FILES}
    for table in plan.taken():
        for column in table.columns:
            root = plan.root_of(column)
            assert root is None or root in known or column.nullable, (
                f"{table.name}.{column.name} names {root}"
            )
