"""A form as a file: `challenge-form/1`, JSON under a JSON Schema; each fault is told with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from challenge.audit import statements
from challenge.rules import formfaults, formspec
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.formspec import Spec

SCHEMA = Path(__file__).with_name("form.schema.json")
MOST_BYTES = 480_000
SHOWN_FAULTS = 50  # of a file; whoever has more mends these first
_DEPTH = 12  # a form nests eight deep; what goes deeper is something else


def read(data: bytes) -> Spec:
    """The form of a file. Raises `InvalidMany` with every fault at its place; nothing is taken then."""
    if len(data) > MOST_BYTES:
        raise InvalidMany([Invalid("file", "form_file_too_large", limit=MOST_BYTES // 1000)])
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise InvalidMany([Invalid("file", "form_not_json")]) from None
    return spec_of(document)


def _no_number(name: str) -> object:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that is given twice means two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def spec_of(document: Any) -> Spec:
    """The form of a document, once schema and rules find nothing wrong. Raises `InvalidMany`."""
    faults = list(shape_faults(document))
    if not faults:
        spec = formspec.read(document)
        faults = formfaults.faults(spec)
        if not faults:
            return spec
    raise InvalidMany(faults[:SHOWN_FAULTS])


def faults_of(spec: Spec) -> list[Invalid]:
    """What keeps a form from being put in force, by the rules, the schema and what a file may weigh."""
    faults = formfaults.faults(spec) or list(shape_faults(formspec.write(spec)))
    if not faults and len(export(spec)) > MOST_BYTES:
        return [Invalid("sections", "form_too_large", limit=MOST_BYTES // 1000)]
    return faults


def export(spec: Spec) -> bytes:
    """The form as a file."""
    return (json.dumps(formspec.write(spec), ensure_ascii=False, indent=2) + "\n").encode()


def digest(spec: Spec) -> str:
    """What two equal forms have in common."""
    return statements.digest(formspec.write(spec))


@lru_cache(maxsize=1)
def _validator() -> Any:
    """The schema, read on first use: few workers ever build a form."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def shape_faults(document: Any) -> Iterator[Invalid]:
    """What the schema says against the document, in its order; one fault for each place."""
    if _deep(document, _DEPTH):
        yield Invalid("file", "form_not_json")
        return
    found = sorted(_validator().iter_errors(document), key=_order)
    seen: set[str] = set()
    for error in found:
        where = ".".join(str(part) for part in error.absolute_path)
        for fault in _faults(where, error):
            if fault.field not in seen:
                seen.add(fault.field)
                yield fault


def _deep(value: Any, left: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left == 0 or any(_deep(part, left - 1) for part in parts)


def _order(error: Any) -> tuple[list[tuple[int, str]], bool]:
    place = [(part, "") if isinstance(part, int) else (-1, part) for part in error.absolute_path]
    return place, error.validator != "not"  # what should not be there at all needs no other fault


def _faults(where: str, error: Any) -> list[Invalid]:
    """One error of the schema in our codes; what lacks or is too much is named at its own place."""
    rule, wanted, given = error.validator, error.validator_value, error.instance
    below = f"{where}." if where else ""
    if rule == "required":
        return [Invalid(below + name, "form_part_missing", part=name) for name in wanted if name not in given]
    if rule == "additionalProperties":
        known: Mapping[str, Any] = error.schema.get("properties", {})
        return [
            Invalid(below + _short(n), "form_part_unknown", part=_short(n)) for n in given if n not in known
        ]
    if rule == "not":  # a part that this kind of field has not
        kind = _kind(error)
        return [Invalid(where, "form_part_not_here", part=where.rpartition(".")[2], kind=kind)]
    if rule in ("minItems", "maxItems") and isinstance(given, list):
        code = "form_too_many" if rule == "maxItems" else "form_too_few"
        return [Invalid(where, code, limit=wanted, count=len(given))]
    return [Invalid(where or "file", _CODES.get(rule, "form_part_wrong"), **_said(rule, wanted, given))]


_CODES: Mapping[str, str] = {
    "const": "form_other_format",
    "enum": "form_kind_unknown",
    "maxLength": "too_long",
    "minLength": "required",
    "minProperties": "one_language",
    "minimum": "form_below",
    "maximum": "form_above",
    "pattern": "form_pattern",
    "type": "form_type",
    "uniqueItems": "form_twice_in_list",
}


def _said(rule: str, wanted: Any, given: Any) -> dict[str, object]:
    if rule == "maxLength":
        return {"most": wanted, "length": len(given)}
    if rule in ("minimum", "maximum"):
        return {"limit": wanted}
    if rule == "type":
        return {"type": str(wanted)}
    return {"given": _short(given)} if rule in ("const", "enum", "pattern") else {}


def _kind(error: Any) -> str:
    """The kind of the field that an error of its conditional part lies in."""
    parts = list(error.schema_path)
    rules = _validator().schema["$defs"]["field"]["allOf"]
    at = parts.index("allOf") + 1 if "allOf" in parts else None
    return str(rules[parts[at]]["if"]["properties"]["kind"]["const"]) if at is not None else ""


def _short(value: Any) -> str:
    text = str(value)
    text = "".join(each if each.isprintable() else "�" for each in text)
    return text if len(text) <= 40 else text[:40] + "…"
