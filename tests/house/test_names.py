"""Names that say something, and nothing left half done."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import tree

EMPTY_NAMES = {"common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
# Written in two halves, so that this file does not find itself.
UNFINISHED = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|raise NotImpl" + r"ementedError)\b"
SKIPPED = r"pytest\.(sk" + r"ip|xf" + r"ail|importors" + r"kip)|mark\.(sk" + r"ip|xf" + r"ail)"


def test_no_module_has_a_name_that_says_nothing() -> None:
    silent = [name for name in tree.files() if EMPTY_NAMES & {Path(part).stem for part in Path(name).parts}]
    assert silent == []


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    dumb = [name for name in tree.python() if tree.text(name).strip() and not _docstring(name)]
    assert dumb == []


def test_every_package_has_people_in_it() -> None:
    empty = [
        name
        for name in tree.under("challenge/", ending="/__init__.py")
        if len(tree.under(name.removesuffix("__init__.py"), ending=".py")) == 1
    ]
    assert empty == []


def test_the_product_prints_nothing() -> None:
    printing = [
        f"{name}:{node.lineno}"
        for name in tree.under("challenge/", ending=".py")
        for node in ast.walk(tree.syntax(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_nothing_is_left_for_later() -> None:
    names = [name for name in tree.files() if name.endswith((".py", ".html", ".js", ".css", ".toml"))]
    assert tree.lines_with(UNFINISHED, [name for name in names if not name.startswith(tree.VENDOR)]) == []


def test_no_test_is_skipped() -> None:
    assert tree.lines_with(SKIPPED, tree.under("tests/", ending=".py")) == []


def _docstring(name: str) -> str:
    return (ast.get_docstring(tree.syntax(name)) or "").strip()
