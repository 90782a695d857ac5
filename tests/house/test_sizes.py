"""Small enough to read at a sitting, light enough to load at once."""

from __future__ import annotations

import ast
import gzip

from tests.house import tree

FILE_LINES = 300
FUNCTION_LINES = 40
CSS_BYTES = 16_000
# The hall's own: the big screen, the chair's desk and the sheets to sign load it, and no other page.
# So do the judge's desk and the page of offers side by side.
OWN_CSS = {f"challenge/static/css/{each}.css": 1_000 for each in ("stage", "desk", "compare")}
# What every page loads, and what a page may load beside it where its elements ask for it (app.js, `wanted`).
EVERYWHERE = [
    f"challenge/static/{name}.js"
    for name in (
        "vendor/htmx.min",
        *(f"js/{each}" for each in ("app", "reader", "submit", "countdown", "page", "words")),
    )
]
EVERYWHERE_BYTES, PART_BYTES = 21_000, 2_000
# The editor's own: no other page has them (tests/solve holds the whole page to 150 kB).
EDITOR_BYTES = {"js/upload": 6_000, "js/draft": 6_000, "vendor/tus.min": 25_000}
# The judge's desk keeps drafts through a lost line and a lost sign-in.
DESK_BYTES = {"js/card": 5_000}


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
    everywhere = [name for name in tree.under("challenge/static/", ending=".css") if name not in OWN_CSS]
    assert _compressed(everywhere) <= CSS_BYTES
    assert {name: size for name in OWN_CSS if (size := _compressed([name])) > OWN_CSS[name]} == {}


def test_the_scripts_of_every_page_stay_light() -> None:
    assert _compressed(EVERYWHERE) <= EVERYWHERE_BYTES


def test_each_script_that_a_page_asks_for_stays_light() -> None:
    editor = {f"challenge/static/{name}.js": most for name, most in (EDITOR_BYTES | DESK_BYTES).items()}
    heavy = {
        name: size
        for name in set(tree.under("challenge/static/", ending=".js")) - set(EVERYWHERE)
        if (size := _compressed([name])) > editor.get(name, PART_BYTES)
    }
    assert heavy == {}


def _compressed(names: list[str]) -> int:
    return sum(len(gzip.compress(tree.text(name).encode(), mtime=0)) for name in names)
