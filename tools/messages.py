"""The words of the product and their Chinese catalogue.

`python -m tools.messages` brings the catalogue up to date with code and templates and lists what it lacks;
with `--check` it only lists. Either way it ends with 1 while something lacks.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CHINESE = ROOT / "challenge" / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
SOURCES = {"challenge": [("**.py", "python")], "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")]}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)")

Text = str | list[str] | tuple[str, ...] | None


def words() -> Catalog:
    """Every message that code and templates use, with the files it is in."""
    catalog = Catalog(charset="utf-8")
    for folder, methods in SOURCES.items():
        for name, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, methods, keywords=KEYWORDS
        ):
            # Files without line numbers: a line added above would change every entry below it.
            catalog.add(message, locations=[(f"{folder}/{name}", 0)], context=context)
    return catalog


def chinese() -> Catalog:
    """The Chinese catalogue; an empty one where there is none yet."""
    if not CHINESE.exists():
        return Catalog(locale="zh_CN", charset="utf-8")
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update() -> None:
    """Write into the catalogue what is new, leave out what is no longer used, keep every translation."""
    catalog = chinese()
    catalog.update(words(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False  # a doubtful head would keep the whole catalogue from being compiled
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    with CHINESE.open("wb") as file:
        write_po(file, catalog, width=0, sort_by_file=True, include_lineno=False, ignore_obsolete=True)


def lacking() -> Iterator[str]:
    """What a Chinese reader would meet in English, or filled in wrongly: one line each."""
    catalog = chinese()
    for message in words():
        if not message.id:
            continue
        where = ", ".join(name for name, _line in message.locations[:2])
        translated = catalog.get(message.id, message.context)
        if translated is None or not all(_forms(translated.string)):
            yield f"{where}: no Chinese for {message.id!r}"
        elif translated.fuzzy:
            yield f"{where}: doubtful Chinese for {message.id!r}"
        elif _places(translated.string) != _places(message.id):
            yield f"{where}: other placeholders in the Chinese of {message.id!r}"


def _forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ("",))


def _places(text: Text) -> set[str]:
    return {place for form in _forms(text) for place in PLACEHOLDER.findall(form)}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description="Bring the Chinese catalogue up to date and list what it lacks."
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    if not parser.parse_args().check:
        update()
    faults = list(lacking())
    sys.stdout.write("".join(f"{line}\n" for line in faults))
    sys.stdout.write(
        f"{len(faults)} messages lack their Chinese.\n" if faults else "The Chinese is complete.\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
