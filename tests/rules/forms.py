"""Small forms for tables of faults and differences."""

from __future__ import annotations

from typing import Any

from challenge.rules import formfaults
from challenge.rules.formspec import Field, Option, Section, Spec, Words

TITLE = Field("title", "text", Words(en="Title"), required=True)
HOW = Field(
    "how",
    "choice",
    Words(en="How"),
    options=(Option("own", Words(en="Own")), Option("bought", Words(en="Bought"))),
)


def form(*fields: Field) -> Spec:
    """One section with these fields after the title."""
    return Spec((Section("one", Words("一", "One"), fields=(TITLE, *fields)),))


def told(spec: Spec) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in formfaults.faults(spec)]


def field(kind: str, **facts: Any) -> Field:
    needs: dict[str, Any] = {
        "choice": {"options": HOW.options},
        "choices": {"options": HOW.options},
        "table": {"columns": HOW.options},
        "consent": {"terms": Words(en="We agree.")},
    }.get(kind, {})
    return Field(**{"key": "it", "kind": kind, "label": Words(en="It"), **needs, **facts})
