"""What others wrote and our pages load is the file that its table names, byte for byte."""

from __future__ import annotations

import hashlib
import re

from tests.house import tree


def test_vendored_scripts_are_unchanged() -> None:
    table = re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", tree.text(f"{tree.VENDOR}README.md"), re.M)
    known = {
        name.removeprefix(tree.VENDOR): hashlib.sha256((tree.ROOT / name).read_bytes()).hexdigest()
        for name in tree.under(tree.VENDOR, ending=".js")
    }
    assert known == dict(table)
