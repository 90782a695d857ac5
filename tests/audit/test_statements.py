"""A signed statement is valid to the last character, or it is not ours."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge.audit import statements
from challenge.audit.keys import Keyring
from challenge.audit.statements import RECEIPT, Verdict, examine, sign

KEY = b'"signature": {"algorithm": "Ed25519", "key": "k", "value": "v"}}'
SAID = {"kind": RECEIPT, "submission": "S-0417", "version": 2, "manifest": [{"name": "报告.pdf", "size": 3}]}


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def saved(document: Any, **how: Any) -> bytes:
    return json.dumps(document, **how).encode()


def test_a_statement_verifies_however_it_is_indented(keys: Keyring) -> None:
    document = sign(keys, SAID)
    for how in ({}, {"indent": 2}, {"ensure_ascii": False}, {"sort_keys": True}):
        assert examine(keys, saved(document, **how)).verdict is Verdict.VALID


def test_every_changed_character_of_what_it_says_is_found(keys: Keyring) -> None:
    text = saved(sign(keys, SAID), ensure_ascii=False).decode()
    said = text[: text.index('"signature"')]
    for place, character in enumerate(said):
        changed = said[:place] + ("x" if character != "x" else "y") + said[place + 1 :] + text[len(said) :]
        assert examine(keys, changed.encode()).verdict is not Verdict.VALID, changed


def test_a_changed_figure_is_altered_and_says_so(keys: Keyring) -> None:
    document = sign(keys, SAID)
    document["statement"]["version"] = 3
    examined = examine(keys, saved(document))
    assert examined.verdict is Verdict.ALTERED
    assert examined.statement == {**SAID, "version": 3}


def test_another_installation_signed_it(keys: Keyring, tmp_path: Path) -> None:
    elsewhere = Keyring(tmp_path / "elsewhere")
    assert examine(keys, saved(sign(elsewhere, SAID))).verdict is Verdict.FOREIGN


def test_a_forger_cannot_name_our_key_for_his(keys: Keyring, tmp_path: Path) -> None:
    document = sign(Keyring(tmp_path / "elsewhere"), SAID)
    document["signature"]["key"] = keys.current()
    assert examine(keys, saved(document)).verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"[]",
        b"null",
        b'{"statement": {"kind": "challenge-receipt/1"}}',
        b'{"statement": {"kind": "something"}, "signature": {}}',
        b'{"statement": {"kind": "challenge-receipt/1", "n": NaN}, ' + KEY,
        b'{"statement": {"kind": "challenge-receipt/1", "n": "\\ud800"}, ' + KEY,
        b"[" * 200_000,
        b" " * (statements.MOST_BYTES + 1),
    ],
)
def test_other_files_are_no_receipt(keys: Keyring, data: bytes) -> None:
    assert examine(keys, data).verdict is Verdict.NOTHING


@settings(max_examples=200)
@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_examination(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = Keyring(tmp_path_factory.getbasetemp() / "keys-for-anything")
    assert examine(keys, data).verdict is Verdict.NOTHING


def test_a_retired_key_still_proves_what_it_signed(keys: Keyring) -> None:
    old = sign(keys, SAID)
    first = keys.current()
    second = keys.rotate()
    assert first != second
    assert set(keys.public_keys()) == {first, second}
    assert examine(keys, saved(old)).verdict is Verdict.VALID
    assert sign(keys, SAID)["signature"]["key"] == second


def test_the_key_is_its_owners_alone(keys: Keyring, tmp_path: Path) -> None:
    keys.current()
    assert stat.S_IMODE((tmp_path / "keys" / "signing.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_threads_that_race_for_the_first_key_share_one(tmp_path: Path) -> None:
    names: list[str] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        names.append(Keyring(tmp_path / "keys").current())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1


def test_processes_that_race_for_the_first_key_share_one(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from challenge.audit.keys import Keyring;"
        "sys.stdout.write(Keyring(Path(sys.argv[1])).current())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    names = {process.communicate(timeout=60)[0] for process in running}
    assert len(names) == 1
    assert len(Keyring(tmp_path / "keys").public_keys()) == 1
