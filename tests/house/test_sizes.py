"""Small enough to read at a sitting, light enough to load at once."""

from __future__ import annotations

import ast
import gzip

from tests.house import tree

FILE_LINES = 300
FUNCTION_LINES = 40
CSS_BYTES = 16_000
# htmx and our own scripts, but for what only the uploader and the draft's autosave load (tests/journeys holds the
# whole editor page to 150 kB).
SCRIPT_BYTES = 25_000
HEAVY_PAGES = {
    f"challenge/static/{name}.js": most
    for name, most in {"js/upload": 6_000, "js/draft": 6_000, "vendor/tus.min": 25_000}.items()
}


def test_no_file_is_longer_than_300_lines() -> None:
    long = [
        f"{name}: {count} lines, where is the seam?"
        for name in tree.python()
        if (count := len(tree.text(name).splitlines())) > FILE_LINES
    ]
    assert long == []


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}: {length} lines"
        for name in [*tree.under("challenge/", "bench/", "tests/rigs/", ending=".py"), "config.py", "wsgi.py"]
        for node in ast.walk(tree.syntax(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_the_style_sheets_stay_light() -> None:
    assert _compressed(tree.under("challenge/static/", ending=".css")) <= CSS_BYTES


def test_the_scripts_stay_light() -> None:
    names = tree.under("challenge/static/", ending=".js")
    assert _compressed([name for name in names if name not in HEAVY_PAGES]) <= SCRIPT_BYTES
    for name in set(names) & HEAVY_PAGES.keys():
        assert _compressed([name]) <= HEAVY_PAGES[name], name


def _compressed(names: list[str]) -> int:
    return sum(len(gzip.compress(tree.text(name).encode(), mtime=0)) for name in names)
