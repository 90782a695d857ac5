"""What is in the tree: the files git knows or would take, read once."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = "challenge/static/vendor/"


@cache
def files() -> tuple[str, ...]:
    """Every file of the project, as a path from its root: tracked, or new and not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(filter(None, listing.stdout.split("\0"))))
    return tuple(name for name in names if (ROOT / name).is_file())


def under(*starts: str, ending: str = "") -> list[str]:
    """The files whose path begins with one of `starts` and ends with `ending`."""
    return [name for name in files() if name.startswith(starts) and name.endswith(ending)]


def python() -> list[str]:
    """Every Python file but the migrations, which are history and not edited."""
    return [name for name in files() if name.endswith(".py") and not name.startswith("migrations/")]


@cache
def text(name: str) -> str:
    """A file's text; nothing for a picture or another binary."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def syntax(name: str) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(text(name))


def lines_with(pattern: str, names: list[str]) -> list[str]:
    """`file:line: text` of every line in which the regular expression is found."""
    import re

    wanted = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name in names
        for number, line in enumerate(text(name).splitlines(), 1)
        if wanted.search(line)
    ]
