"""Letters that a programme may word itself: which, with which fields, and what must not be left out.

A field is written `{round}`. Each letter has a list of them and nothing else: no conditions, no loops, no
code. `{text}` is what the product says itself; a letter that keeps it may say around it what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from challenge.rules.errors import Invalid

# field -> its type: a line of words, an instant in the round's zone, a number, or lines of their own
FIELDS: Mapping[str, str] = {
    "name": "words",
    "round": "words",
    "programme": "words",
    "need": "words",
    "entry": "words",
    "closes": "instant",
    "until": "instant",
    "count": "number",
    "entries": "lines",
    "awards": "lines",
    "text": "lines",
}
ALWAYS = ("name", "round", "programme", "text")
LIMITS = {"subject": 200, "body": 5000, "label": 60}
_FIELD = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Wordable:
    """A letter's own fields, and those that have to stand in its text where `{text}` does not."""

    fields: tuple[str, ...] = ()
    must: tuple[str, ...] = ("text",)


LETTERS: Mapping[str, Wordable] = {
    "solutions_open": Wordable(("closes",), ("closes",)),
    "draft_not_entered": Wordable(("entries",), ("entries",)),
    "entry_stands": Wordable(("entries",), ("entries",)),
    "submission_submitted": Wordable(("entry",)),
    "submission_withdrawn": Wordable(("entry",), ("entry",)),
    "submission_ruled_out": Wordable(("entry",)),
    "requirement_published": Wordable(("need",), ("need",)),
    "requirement_returned": Wordable(("need",)),
    "judge_added": Wordable((), ()),
    "judging_open": Wordable(("closes",), ("closes",)),
    "assignments_made": Wordable(("closes",)),
    "judge_reminded": Wordable(("count", "until"), ("count", "until")),
    "decision_asked": Wordable(("need",), ("need",)),
    "award_won": Wordable(("awards",), ("awards",)),
    "award_not_won": Wordable(("entries",), ("entries",)),
    "feedback_released": Wordable(("entries",), ("entries",)),
    "results_published": Wordable((), ()),
}


def fields_of(template: str) -> tuple[str, ...]:
    """What a letter may name, in one order."""
    return tuple(each for each in FIELDS if each in (*ALWAYS, *LETTERS[template].fields))


def faults(template: str, words: Mapping[str, str], suffix: str = "") -> list[Invalid]:
    """What is wrong with a programme's own words for a letter: `subject`, `body`, `label`, as typed.

    `suffix` ends the names of the fields of the form. Words that are all empty have no faults: the letter
    is then the product's own.
    """
    if not any(words.values()):
        return []
    found = [Invalid(name + suffix, "required") for name in ("subject", "body") if not words.get(name)]
    known, one_line = set(fields_of(template)), {"text", "entries", "awards"}
    for name, most in LIMITS.items():
        text = words.get(name, "")
        here = _FIELD.findall(text)
        # In a subject or on a button there are no lines of their own.
        unknown = [each for each in here if each not in known or (name != "body" and each in one_line)]
        if unknown:
            named = ", ".join(f"{{{each}}}" for each in unknown[:5])
            found.append(Invalid(name + suffix, "letter_field_unknown", fields=named))
        if len(text) > most:
            found.append(Invalid(name + suffix, "too_long", maximum=most))
    used = set(_FIELD.findall(words.get("body", "")))
    missing = [each for each in LETTERS[template].must if each not in used]
    if words.get("body") and missing and "text" not in used:
        named = ", ".join(f"{{{each}}}" for each in missing)
        found.append(Invalid("body" + suffix, "letter_field_missing", fields=named))
    return found


def fill(text: str, value: Callable[[str], str]) -> str:
    """The text with its fields filled in, once: what a value holds is not looked at again."""
    return _FIELD.sub(lambda found: value(found[1]) if found[1] in FIELDS else found[0], text)
