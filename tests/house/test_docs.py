"""What the documents say exists: commands with their options, settings, files, and decisions told whole."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

import click
import pytest
import yaml  # type: ignore[import-untyped]

from challenge.cli import COMMANDS, Deferred
from tests.house import tree

SETTINGS = "docs/production.md"
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# `flask ...` as it is, or through the script of an installation.
COMMAND = re.compile(r"(?:^|[\s/(])(?:flask(?: --app wsgi)?|sudo -u challenge challenge) ([a-z][^|#;&()]*)")
# A file or folder of the tree, from its root or from challenge/.
PATH = re.compile(r"^((?:[a-z_]+/)+(?:[a-z_0-9-]+\.[a-z]+)?)(?=:|$)")
ADR_PARTS = ["## Context", "## Decision", "## Consequences", "## How it is checked"]


def documents() -> list[str]:
    return [name for name in tree.files() if name.endswith(".md") and not name.startswith("tests/")]


def _code(name: str) -> Iterator[str]:
    text = tree.text(name)
    for block in FENCE.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from INLINE.findall(FENCE.sub("", text))


def _fault(words: list[str]) -> str | None:
    """Why `flask words...` would not run, or None."""
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        return f"no command {name}"
    command: click.Command = Deferred(name, *COMMANDS[name]).real()
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return f"no command {name} {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]
    return f"{' '.join(words)}: no option {unknown}" if unknown else None


def test_there_are_documents() -> None:
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", SETTINGS} <= set(documents())


def test_every_flask_command_of_the_documents_runs() -> None:
    named = [
        (name, shlex.split(found))
        for name in documents()
        for line in _code(name)
        for found in COMMAND.findall(line)
    ]
    assert len(named) > 20
    assert [f"{name}: {fault}" for name, words in named if (fault := _fault(words))] == []


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", tree.text("Makefile"), re.MULTILINE))
    missing = [
        f"{name}: make {target}"
        for name in documents()
        for line in _code(name)
        for target in re.findall(r"(?:^|&& |[A-Z]+=\S+ )make ([a-z]+)", line)
        if target not in targets
    ]
    assert missing == []


def test_every_link_leads_somewhere() -> None:
    there = set(tree.files()) | {
        str(parent) for name in tree.files() for parent in PurePosixPath(name).parents
    }
    dead = [
        f"{name}: {link}"
        for name in documents()
        for link in LINK.findall(tree.text(name))
        if _from(name, link) not in there
    ]
    assert dead == []


def test_every_file_that_is_named_exists() -> None:
    there = set(tree.files()) | {
        f"{parent}/" for name in tree.files() for parent in PurePosixPath(name).parents
    }
    there.add("instance/")  # the demo makes it
    gone = [
        f"{name}: {path}"
        for name in documents()
        for code in INLINE.findall(FENCE.sub("", tree.text(name)))
        for path in PATH.findall(code)
        if not {path, f"{path}/", f"challenge/{path}", f"challenge/{path}/"} & there
    ]
    assert gone == []


def test_every_setting_is_explained_and_none_is_made_up() -> None:
    explained = re.findall(r"^\| `([A-Z_]+)` \|", tree.text(SETTINGS), re.MULTILINE)
    assert sorted(explained) == sorted(_settings())


def test_the_example_of_an_installation_names_only_settings_that_are_read() -> None:
    named = re.findall(r"^([A-Z_]+)=", tree.text("docs/deploy/challenge.env"), re.MULTILINE)
    assert named
    assert set(named) <= _settings()


@pytest.mark.parametrize(
    "unit", ["challenge-web.service", "challenge-work@.service", "challenge-backup.service"]
)
def test_every_unit_starts_what_is_there(unit: str) -> None:
    text = tree.text(f"docs/deploy/{unit}").replace("\\\n", " ")
    started = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    commands = [words for line in started for words in COMMAND.findall(line)]
    if unit == "challenge-web.service":
        assert "granian --interface wsgi" in started[0]
        assert started[0].endswith("wsgi:app")
    else:
        assert [_fault(shlex.split(words.split('"')[0])) for words in commands] == [None] * len(commands)
        assert commands


def test_the_composition_starts_what_is_there_with_settings_that_are_read() -> None:
    services = yaml.safe_load(tree.text("docs/deploy/compose.yaml"))["services"]
    ours = {name: each for name, each in services.items() if each["image"] == "challenge"}
    assert set(ours) == {"web", "work", "tables"}
    commands = [each["command"] for each in ours.values() if "command" in each]
    assert [_fault(shlex.split(line.removeprefix("flask --app wsgi "))) for line in commands] == [None, None]
    started = tree.text("docs/deploy/Dockerfile").partition("CMD ")[2]
    assert started.startswith('["granian", "--interface", "wsgi"')
    assert started.rstrip().endswith('"wsgi:app"]')
    named = {name for each in ours.values() for name in each["environment"] if not name.startswith("AWS_")}
    assert named <= _settings()
    volumes = [volume for each in ours.values() for volume in each["volumes"]]
    assert volumes == ["data:/var/lib/challenge"] * 3


def test_every_decision_is_told_whole() -> None:
    decisions = sorted(name for name in tree.under("docs/adr/0", ending=".md"))
    assert [PurePosixPath(name).name[:4] for name in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for name in decisions:
        parts = re.findall(r"^## .*$", tree.text(name), re.MULTILINE)
        assert parts == ADR_PARTS, name


def _settings() -> set[str]:
    """Every variable that is read from the environment, by config.py or the reader that it uses."""
    found = set()
    read = (tree.syntax("config.py"), tree.syntax("challenge/rules/environment.py"))
    for node in (node for file in read for node in ast.walk(file)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.func, ast.Attribute):
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(first.value)):
            found.add(str(first.value))
    return found


def _from(name: str, link: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / link).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) or "."
