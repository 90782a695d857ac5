"""Archives of rounds that are refused, with words that say why and nothing left behind."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from challenge.base.db import fresh_session
from challenge.exchange.round_archives import Content
from challenge.rounds.models import RoundPage
from challenge.submissions.models import Submission
from tests.exchange.whole_rounds import run, told


def altered(file: Path, change: Any, *, tell: bool = True) -> None:
    """The round_file with other members; the manifest is told of their digests unless `tell=False`."""
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
    round_file: Path, app: Flask, change: Any, said: str
) -> None:
    altered(round_file, change, tell=change in (_column, _table, _bomb))
    result = run(app, "import", "round", round_file, "--slug", "other")
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
def test_digests_that_were_made_to_fit_do_not_help(
    round_file: Path, app: Flask, change: Any, said: str
) -> None:
    altered(round_file, change)
    assert said in run(app, "import", "round", round_file).stderr


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [(_reference, "refers to a row of requirement"), (_organizer, "role_grant cannot be read")],
)
def test_an_archive_that_somebody_made_up_breaks_no_rule(
    round_file: Path, there: Flask, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    altered(round_file, change)
    digest = told(round_file)["digest"]
    monkeypatch.setattr(Content, "digest", lambda _self, _files: digest)
    assert said in run(there, "import", "round", round_file).stderr
    with there.app_context(), fresh_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 0


@pytest.mark.sqlite
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_cut_archive_is_refused(round_file: Path, app: Flask, share: float) -> None:
    whole = round_file.read_bytes()
    round_file.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged or cut off" in run(app, "import", "round", round_file).stderr


@pytest.mark.sqlite
def test_script_in_a_text_is_cleaned_on_the_way_in(
    round_file: Path, there: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def evil(members: Any, _manifest: Any) -> None:
        text = members["tables/round_page.jsonl"].replace(b"<p>Hi", b"<script>x()</script><p>Hi")
        members["tables/round_page.jsonl"] = text

    altered(round_file, evil)
    digest = told(round_file)["digest"]
    monkeypatch.setattr(Content, "digest", lambda _self, _files: digest)
    assert run(there, "import", "round", round_file).exit_code == 0
    with there.app_context(), fresh_session() as session:
        assert session.scalar(sa.select(RoundPage.html)) == "<p>Hi</p>"
