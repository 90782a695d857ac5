"""The settings that administrators change while the product runs: their kinds, bounds and defaults.

What belongs to the machine (addresses, secrets, sizes) is fixed by the environment, see config.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from challenge.rules.errors import Invalid

MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A setting: `yes` or no, a whole `number` within bounds, or a `text` of at most `most` characters."""

    kind: str
    default: Any
    least: int = 0
    most: int = 0

    def read(self, name: str, text: str) -> Any:
        """The value that was typed; raises `Invalid` at the setting's name."""
        text = text.strip()
        if self.kind == "yes":
            return text in ("1", "yes", "y", "true", "on")
        if self.kind == "number":
            if not text.isascii() or not text.isdecimal() or len(text) > 9:
                raise Invalid(name, "not_a_number")
            if not self.least <= int(text) <= self.most:
                raise Invalid(name, "out_of_range", minimum=self.least, maximum=self.most)
            return int(text)
        if len(text) > self.most:
            raise Invalid(name, "too_long", most=self.most, length=len(text))
        return text


SETTINGS: Mapping[str, Kind] = {
    "registration_open": Kind("yes", True),
    "registration_zh": Kind("text", "", most=MOST_TEXT),
    "registration_en": Kind("text", "", most=MOST_TEXT),
    "look_minutes": Kind("number", 60, least=15, most=60),
}
DEFAULTS: Mapping[str, Any] = {name: kind.default for name, kind in SETTINGS.items()}
