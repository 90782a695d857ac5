"""The tree stands alone: no address it was fetched from, no folder of one machine."""

from __future__ import annotations

import re

from tests.house import tree

# Written in halves, so that this file does not find itself.
REGISTRIES = "|".join(
    left + right
    for left, right in (
        ("py", r"pi\."),
        ("python", "hosted"),
        ("npm", r"js\."),
        ("//regis", r"try\."),
        ("deb.", "debian"),
    )
)
MACHINE = r"(?<![\w.}>])/(t" + r"mp|wo" + r"rk|ro" + r"ot|fa" + r"rm|home/[a-z]+)/"
BESIDE = r"\.\./sha" + r"red|sha" + r"red/(data|design)|\.libr" + r"ary/"
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def _own() -> list[str]:
    return [name for name in tree.files() if not name.startswith(tree.VENDOR)]


def test_no_package_registry_is_named() -> None:
    assert tree.lines_with(REGISTRIES, list(tree.files())) == []


def test_no_folder_of_this_machine_is_named() -> None:
    assert tree.lines_with(MACHINE, _own()) == []


def test_nothing_beside_the_tree_is_read() -> None:
    assert tree.lines_with(BESIDE, _own()) == []


def test_the_locks_hold_hashes_and_no_address() -> None:
    assert tree.lines_with(r"://|file:", LOCKS) == []
    for name in LOCKS:
        pins = re.findall(r"^[a-z0-9][^\n]*", tree.text(name), re.MULTILINE)
        unhashed = [pin for pin in pins if not pin.endswith("\\")]
        assert unhashed == [], name


def test_the_development_lock_holds_every_runtime_package_at_the_same_version() -> None:
    runtime, development = (_pins(name) for name in LOCKS)
    assert runtime <= development


def _pins(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][^\\\n]*?) *\\$", tree.text(name), re.MULTILINE))
