"""Reports of mail servers that a letter could not be delivered (RFC 3464), read by the standard library.

A letter is known by the Message-ID of the original that comes back with the report, or by what the report
answers to. What is no such report (an answer by hand, a notice of absence) says nothing about an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message

MOST_BYTES = 8 * 1024 * 1024  # an original of ours is far smaller
MOST_WORDS = 500
_NAMES = re.compile(r"<[^<>\s\0]+@[^<>\s\0]+>")
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: of which letters, whether it is for good, and in the server's words."""

    letters: tuple[str, ...]
    final: bool
    words: str


def read(data: bytes) -> Report | None:
    """The report in a mail; None where it is none, or tells of a letter that arrived or is still tried."""
    try:
        return _report(message_from_bytes(data[:MOST_BYTES]))
    except RecursionError:  # nested a thousand deep by somebody: no mail server's
        return None


def _report(mail: Message) -> Report | None:
    parts = list(mail.walk())
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    failures = [each for part in statuses for each in _blocks(part) if _word(each, "Action") == "failed"]
    if mail.get_content_type() != "multipart/report" or not failures:
        return None
    final = [each for each in failures if _final(each)]
    told = (final or failures)[0]
    words = _word(told, "Diagnostic-Code") or _word(told, "Status")
    return Report(tuple(dict.fromkeys(_names(mail, parts))), bool(final), words[:MOST_WORDS])


def _blocks(part: Message) -> Iterator[Message]:
    """The blocks of a status: the first about the message, one for each address after it."""
    payload = part.get_payload()
    yield from (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else ()


def _word(block: Message, name: str) -> str:
    """A field without folds and NUL, which no database keeps; actions compare in lower case."""
    text = " ".join(str(block.get(name, "")).replace("\0", "").split())
    return text.lower() if name == "Action" else text


def _final(block: Message) -> bool:
    """Whether a later try would not work: 5.x.x, or an old server's three figures without a status."""
    found = _STATUS.match(_word(block, "Status"))
    if found is not None:
        return found[1] == "5"
    return re.search(r"\b5\d\d\b", _word(block, "Diagnostic-Code")) is not None


def _names(mail: Message, parts: list[Message]) -> Iterator[str]:
    """The original's own name first, then what the report is an answer to."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], Message):
                yield from _NAMES.findall(str(payload[0].get("Message-ID", "")))
        elif kind == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            head = message_from_string(text.decode("utf-8", "replace") if isinstance(text, bytes) else "")
            yield from _NAMES.findall(str(head.get("Message-ID", "")))
    for name in ("In-Reply-To", "References"):
        yield from _NAMES.findall(str(mail.get(name, "")))
