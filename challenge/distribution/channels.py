"""Where a short message can go beside mail and inbox: SMS and chat by plug-ins that the operator names.

`CHANNELS=sms=file,chat=company.chat:send` names for each channel either `file`, which writes lines into the
data folder for people to look at, or `module:function`. Such a function takes an `Outgoing` and returns when
the message is handed over. It raises `Refused` where that will never work, anything else to be tried again. A
key is stable over tries: a service that knows it can leave out what it has.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app

FILE = "file"


class Refused(Exception):
    """This message will never be taken: the number does not exist."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One short message: through what, to which number or name, its words with their link, its stable key."""

    channel: str
    to: str
    text: str
    key: str


Carrier = Callable[[Outgoing], None]


def configured() -> Mapping[str, str]:
    """Channel -> what carries it, as the operator set it."""
    text = str(current_app.config["SETTINGS"].channels)
    pairs = (part.split("=", 1) for part in text.split(",") if "=" in part)
    return {name.strip(): carrier.strip() for name, carrier in pairs}


def carrier_of(channel: str) -> Carrier:
    """What carries this channel; raises LookupError where the operator named nothing."""
    name = configured().get(channel)
    if name is None:
        raise LookupError(f"no carrier for {channel!r}: see CHANNELS")
    if name == FILE:
        return into_file
    module, _, function = name.partition(":")
    found: Carrier = getattr(importlib.import_module(module), function)
    return found


def into_file(message: Outgoing) -> None:
    """Append the message to `outbox/<channel>.jsonl` in the data folder, once for each key: an example."""
    folder = Path(current_app.config["SETTINGS"].data_dir) / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{message.channel}.jsonl"
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if any(json.loads(line)["key"] == message.key for line in known):
        return
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
