"""What is attached to a letter: the signed statement that it speaks of, as a file.

Of a sealed round nothing is: the letter lies in its table, and in mail boxes, before the seal is opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Scene = Mapping[str, Any]
Enclosure = dict[str, str]


def of(template: str, scene: Scene) -> list[Enclosure]:
    """The files that go with this letter: {name, media_type, text} each."""
    make = TABLE.get(template)
    found = make(scene) if make and not scene["submission"].sealed else None
    return [found] if found else []


def _receipt(scene: Scene) -> Enclosure | None:
    version = scene["version"]
    if version.sealed or not version.receipt:
        return None
    return _document(version.receipt, f"receipt-{scene['submission'].code}-{version.number}.json")


def _refusal(scene: Scene) -> Enclosure | None:
    late = scene["late"]
    return _document(late.refusal, f"refusal-{scene['submission'].code}-{late.id}.json")


def _document(signed: Mapping[str, Any], name: str) -> Enclosure:
    text = json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return {"name": name, "media_type": "application/json", "text": text}


TABLE: Mapping[str, Callable[[Scene], Enclosure | None]] = {
    "submission_submitted": _receipt,
    "submission_refused_late": _refusal,
}
