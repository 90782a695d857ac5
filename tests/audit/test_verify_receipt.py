"""The single file that verifies a receipt without us, with our verdicts."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from challenge.audit import statements, verify_receipt
from challenge.audit.keys import Keyring
from challenge.audit.statements import RECEIPT, Verdict, sign

FILE = b"%PDF-1.7 the very bytes"
SAID = {
    "kind": RECEIPT,
    "submission": "S-0417",
    "ref": "abcdefghjkmn",
    "round": "summer",
    "requirement": "R-1",
    "version": 2,
    "submitted_at": "2026-11-23T03:00:00.000000Z",
    "manifest": [
        {
            "name": "报告.pdf",
            "size": len(FILE),
            "sha256": hashlib.sha256(FILE).hexdigest(),
            "media_type": "application/pdf",
        }
    ],
    "content_sha256": "0" * 64,
    "audit": {"chain": "round:1", "seq": 7, "hash": "1" * 64},
}
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


@pytest.fixture
def run(tmp_path: Path, keys: Keyring) -> Run:
    """The script alone in an empty folder, without site packages: (exit code, what it says)."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(verify_receipt.__file__, folder)
    (folder / "keys.json").write_text(json.dumps(statements.published(keys)))

    def run(
        data: bytes | dict[str, Any], *words: str, keys_file: str | None = "keys.json"
    ) -> tuple[int, str]:
        (folder / "receipt").write_bytes(data if isinstance(data, bytes) else saved(data))
        given = ["--keys", keys_file] if keys_file else []
        command = [sys.executable, "-I", "-S", "verify_receipt.py", "receipt", *words, *given]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, env={"LC_ALL": "C"}, timeout=60, check=False
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done.returncode, (done.stdout + done.stderr).decode()

    return run


def saved(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def pdf_around(document: Any, *, packed: bool = True) -> bytes:
    body = zlib.compress(saved(document)) if packed else saved(document)
    other = zlib.compress(b"BT (a page) Tj ET")
    return b"%PDF-1.7\n1 0 obj stream\n" + other + b"\nendstream 2 0 obj stream\r\n" + body + b"\nendstream"


# ---------------------------------------------------------------- the command alone


def test_a_receipt_is_proved_with_its_files_in_an_empty_folder(
    run: Run, keys: Keyring, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere" / "mine.pdf").write_bytes(FILE)
    code, said = run(sign(keys, SAID), "mine.pdf")
    assert code == 0, said
    assert "VALID" in said
    assert "有效" in said
    assert "mine.pdf: is 报告.pdf, unchanged" in said
    assert keys.current() in said


def test_the_file_that_differs_is_named(run: Run, keys: Keyring, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "报告.pdf").write_bytes(FILE + b" ")
    (tmp_path / "elsewhere" / "other.pdf").write_bytes(b"another")
    code, said = run(sign(keys, SAID), "报告.pdf", "other.pdf", "not there.pdf")
    assert code == 4
    assert "报告.pdf: DIFFERS" in said
    assert "other.pdf: NOT NAMED" in said
    assert "not there.pdf: No such file" in said


def test_the_pdf_of_a_receipt_is_as_good_as_its_json(run: Run, keys: Keyring) -> None:
    for packed in (True, False):
        assert run(pdf_around(sign(keys, SAID), packed=packed))[0] == 0
    changed = sign(keys, SAID)
    changed["statement"]["version"] = 3
    assert run(pdf_around(changed))[0] == 1
    assert run(b"%PDF-1.7 stream\n" + zlib.compress(b" " * 900_000) * 900 + b"endstream")[0] == 3


def test_without_keys_nothing_is_proved_and_the_way_is_told(run: Run, keys: Keyring) -> None:
    code, said = run(sign(keys, SAID), keys_file=None)
    assert code == 2
    assert f"signed by key {keys.current()}" in said
    assert "/verify" in said
    assert "S-0417" not in said


def test_a_receipt_cannot_bring_its_own_key(run: Run, keys: Keyring, tmp_path: Path) -> None:
    forger = Keyring(tmp_path / "forger")
    document = sign(forger, SAID)
    code, said = run({**document, "keys": forger.public_keys()})
    assert code == 2
    assert f"signed by key {forger.current()}" in said
    document["signature"]["key"] = keys.current()
    assert run(document)[0] == 1


def test_the_list_of_the_command_serves_as_keys(run: Run, keys: Keyring, tmp_path: Path) -> None:
    old = sign(keys, SAID)
    keys.rotate()
    lines = "".join(f"* {name}  {value}\n" for name, value in keys.public_keys().items())
    (tmp_path / "elsewhere" / "keys.txt").write_text(lines)
    assert run(old, keys_file="keys.txt")[0] == 0


@pytest.mark.parametrize("text", ["", "{}", '{"keys": {}}', '{"keys": {"k": "AAAA"}}', "one", "\x00", "[1]"])
def test_a_file_that_holds_no_keys_is_told(run: Run, keys: Keyring, tmp_path: Path, text: str) -> None:
    (tmp_path / "elsewhere" / "bad.json").write_text(text)
    code, said = run(sign(keys, SAID), keys_file="bad.json")
    assert code == 64
    assert "holds no public keys" in said
    assert run(sign(keys, SAID), keys_file="absent.json")[0] == 64


def test_an_old_python_reads_it_and_needs_nothing_else() -> None:
    tree = ast.parse(Path(verify_receipt.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    modules = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= sys.stdlib_module_names


# ---------------------------------------------------------------- whatever may be handed in


def variations(value: Any) -> list[Any]:
    """The same value with one thing changed: every leaf once, every name once."""
    if isinstance(value, dict):
        changed = [{**value, name: other} for name in value for other in variations(value[name])]
        return [
            *changed,
            *({k: v for k, v in value.items() if k != name} for name in value),
            {**value, "x": 1},
        ]
    if isinstance(value, list):
        changed = [
            [*value[:n], other, *value[n + 1 :]] for n in range(len(value)) for other in variations(value[n])
        ]
        return [*changed, [], [*value, *value]]
    return [value + 1, str(value), float(value)] if isinstance(value, int) else [f"{value} ", value[1:], None]


def test_every_changed_field_is_found_by_both(keys: Keyring) -> None:
    document, known = sign(keys, SAID), raw(keys)
    for said in variations(SAID):
        changed = saved({**document, "statement": said})
        verdict = verify_receipt.examine(changed, known)[0]
        assert verdict == statements.examine(keys, changed).verdict
        assert verdict in (verify_receipt.ALTERED, verify_receipt.NOTHING), said
    for signature in variations(document["signature"]):
        changed = saved({**document, "signature": signature})
        verdict = verify_receipt.examine(changed, known)[0]
        assert verdict == statements.examine(keys, changed).verdict
        assert (verdict == verify_receipt.VALID) == ("x" in signature), signature


def test_every_character_of_the_signature_counts(keys: Keyring) -> None:
    document = sign(keys, SAID)
    value = document["signature"]["value"]
    for place in range(len(value)):
        for other in "ABCDwxyz01+/":
            if other == value[place]:
                continue
            document["signature"]["value"] = value[:place] + other + value[place + 1 :]
            assert statements.examine(keys, saved(document)).verdict is not Verdict.VALID


def raw(keys: Keyring) -> dict[str, bytes]:
    return {name: base64.b64decode(value) for name, value in keys.public_keys().items()}


def hostile(document: dict[str, Any]) -> dict[str, bytes]:
    text = json.dumps(document, ensure_ascii=False)
    said, signed = json.dumps(document["statement"], ensure_ascii=False), json.dumps(document["signature"])
    forged = said.replace("S-0417", "S-0001")

    def twice(first: str, second: str) -> bytes:
        return f'{{"statement":{first},"statement":{second},"signature":{signed}}}'.encode()

    return {
        "empty": b"",
        "truncated": text.encode()[:-40],
        "cut in a letter": text.encode()[: text.encode().index("报".encode()) + 1],
        "two statements, the true one last": twice(forged, said),
        "two statements, the true one first": twice(said, forged),
        "a name twice within": text.replace('"version": 2', '"version": 1, "version": 2').encode(),
        "the name spelled twice": text.replace('"version": 2', '"versio\\u006e": 1, "version": 2').encode(),
        "minus nothing": text.replace('"seq": 7', '"seq": -0').encode(),
        "no number": text.replace('"seq": 7', '"seq": NaN').encode(),
        "endless": text.replace('"seq": 7', '"seq": Infinity').encode(),
        "five thousand figures": text.replace('"seq": 7', f'"seq": {"9" * 5000}').encode(),
        "half a character": text.replace("S-0417", "\\ud800").encode(),
        "another encoding": text.encode("utf-16"),
        "latin": b"\xe9" + text.encode(),
        "deep": b"[" * 200_000,
        "deeper": b'{"statement":' * 50_000,
        "huge": text.encode() + b" " * verify_receipt.MOST_BYTES,
        "a list": f"[{text}]".encode(),
        "something after": text.encode() + b"x",
        "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        "a pdf without": b"%PDF-1.7\n1 0 obj stream\nnothing\nendstream",
        "another algorithm": text.replace("Ed25519", "none").encode(),
        "the key as a list": text.replace(f'"key": "{document["signature"]["key"]}"', '"key": []').encode(),
        "the kind as a list": text.replace(f'"{RECEIPT}"', f'["{RECEIPT}"]').encode(),
        "null": b'{"statement": null, "signature": null}',
    }


def test_nothing_else_is_a_receipt_to_either(keys: Keyring) -> None:
    for name, data in hostile(sign(keys, SAID)).items():
        assert verify_receipt.examine(data, raw(keys))[0] == verify_receipt.NOTHING, name
        assert statements.examine(keys, data).verdict is Verdict.NOTHING, name


@pytest.mark.parametrize("name", sorted(hostile({"statement": SAID, "signature": {"key": "k"}})))
def test_the_script_says_so_and_ends_in_order(run: Run, keys: Keyring, name: str) -> None:
    code, said = run(hostile(sign(keys, SAID))[name])
    assert code == 3
    assert "NOT A RECEIPT" in said


def test_a_number_in_another_spelling_is_altered(keys: Keyring) -> None:
    for other in ("7.0", "7e0", "70e-1"):
        data = saved(sign(keys, SAID)).replace(b'"seq": 7', f'"seq": {other}'.encode())
        assert verify_receipt.examine(data, raw(keys))[0] == verify_receipt.ALTERED
        assert statements.examine(keys, data).verdict is Verdict.ALTERED


def test_what_is_printed_cannot_move_the_cursor(run: Run, keys: Keyring) -> None:
    said = {**SAID, "round": "x\x1b[2J\u202egnp"}
    code, text = run(sign(keys, said))
    assert code == 0
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "x\\u001b[2J\\u202egnp" in text
