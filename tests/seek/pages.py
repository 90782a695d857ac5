"""What a browser would send from the form of a requirement."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    """Collects the values of the form fields on a page, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select: str | None = None
        self._area: str | None = None
        self._outside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        name = known.get("name", "")
        if tag == "template":
            self._outside += 1
        if self._outside or (not name and tag != "option"):
            return
        if tag == "input" and known.get("type") in ("checkbox", "radio"):
            if "checked" in known:
                self._put(name, known.get("value", "y"))
        elif tag == "input" and known.get("type") != "file":
            self._put(name, known.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self._put(name, "")
        elif tag == "option" and self._select and ("selected" in known or self._select not in self.values):
            self.values[self._select] = [known.get("value", "")]  # the first one, unless another is selected

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._outside -= 1
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area][-1] += data

    def _put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def typed(page: str, **changes: Any) -> dict[str, Any]:
    """What the page's fields hold, with these changes; None leaves a field out."""
    reader = _Reader()
    reader.feed(page)
    values: dict[str, Any] = {
        name: [text.removeprefix("\r\n").removeprefix("\n") for text in texts]
        for name, texts in reader.values.items()
        if name not in ("csrf_token", "next", "locale", "theme", "confidential")
    }
    values |= {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in values.items() if value is not None}


def text_of(page: str) -> str:
    """The page as text, entities read."""
    return unescape(page)
