"""Sealing: what only a round's key opens, and the installation's own keys that wrap those and hide drafts.

An envelope is made with the public half of a round's key (X25519, HKDF-SHA256, AES-256-GCM); whoever holds
the database holds nothing that opens it. The private half is wrapped by a sealing key of the installation,
which lies in `keys/sealing/` of its folder: not in the database, and not in its backups.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from challenge.audit.keys import write_once
from challenge.audit.statements import canonical
from challenge.rules.errors import Away, WrongState

ENVELOPE = "challenge-seal/1"
HIDDEN = "challenge-hidden/1"
FOLDER = "sealing"
_KEY, _NONCE = 32, 12
_EXTENSION = "challenge.seals"
About = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Bytes that only the installation key of this name gives back."""

    text: str
    by: str


def key_name(key: bytes) -> str:
    """How a sealing key is called: the beginning of a digest that tells nothing of it."""
    return hashlib.sha256(b"challenge sealing key" + key).hexdigest()[:16]


class SealingKeys:
    """The sealing keys of one installation, by name; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    def names(self) -> list[str]:
        """The keys that are here, the one in force first."""
        found = sorted(self._folder.glob("*.key"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [path.stem for path in found]

    def current(self) -> str:
        """The key in force; makes one if there is none."""
        names = self.names()
        return names[0] if names else self.add(secrets.token_bytes(_KEY))

    def add(self, key: bytes) -> str:
        """Keep a key; the same twice is one. Raises ValueError for what is none."""
        if len(key) != _KEY:
            raise ValueError("a sealing key has 32 bytes")
        name = key_name(key)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{name}.key"
        if not path.exists():
            write_once(path, base64.b64encode(key) + b"\n", 0o600)
        return name

    def read(self, name: str) -> bytes:
        """The key of that name; raises `Away` where it is not here."""
        known = self._known.get(name)
        if known is None:
            try:
                text = (self._folder / f"{name}.key").read_text(encoding="ascii")
                known = base64.b64decode(text.strip(), validate=True)
            except (OSError, ValueError):  # gone, not for us to read, or no key any more
                raise Away("sealing_key_missing", key=name) from None
            self._known[name] = known
        return known

    def wrap(self, data: bytes, about: About) -> Wrapped:
        """Encrypt with the key in force."""
        name = self.current()
        return Wrapped(_shut(_derived(self.read(name), b"challenge-wrap/1"), data, about), name)

    def unwrap(self, wrapped: Wrapped, about: About) -> bytes:
        """The bytes again; raises `Away` without the key and `WrongState` where they were altered."""
        return _opened(_derived(self.read(wrapped.by), b"challenge-wrap/1"), wrapped.text, about)

    def hide(self, value: Any, about: About) -> str:
        """A JSON value as text that only this installation reads."""
        name = self.current()
        return f"{HIDDEN}.{name}.{_shut(_derived(self.read(name), HIDDEN.encode()), canonical(value), about)}"

    def reveal(self, text: str, about: About) -> Any:
        """The value again; raises as `unwrap`."""
        kind, _dot, rest = text.partition(".")
        name, _dot, shut = rest.partition(".")
        if kind != HIDDEN:
            raise WrongState("seal_broken")
        return json.loads(_opened(_derived(self.read(name), HIDDEN.encode()), shut, about))


def sealing_keys() -> SealingKeys:
    """The sealing keys of the running app."""
    known = current_app.extensions.get(_EXTENSION)
    if isinstance(known, SealingKeys):
        return known
    settings: Any = current_app.config["SETTINGS"]
    opened = SealingKeys(settings.data_dir / "keys" / FOLDER)
    current_app.extensions[_EXTENSION] = opened
    return opened


def new_pair() -> tuple[str, bytes]:
    """A key pair for a round: the public half in base64, the private half as bytes."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.generate()
    return base64.b64encode(private.public_key().public_bytes_raw()).decode(), private.private_bytes_raw()


def seal(public_key: str, value: Any, about: About) -> str:
    """A JSON value in an envelope; `about` says what it belongs to and must be said again to open it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    single = X25519PrivateKey.generate()  # for this envelope alone, and forgotten
    shared = single.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(public_key)))
    beside = single.public_key().public_bytes_raw()
    key = _agreed(shared, beside, base64.b64decode(public_key))
    return f"{ENVELOPE}.{base64.b64encode(beside).decode()}.{_shut(key, canonical(value), about)}"


def unseal(private_key: bytes, envelope: str, about: About) -> Any:
    """The value of an envelope; raises `WrongState("seal_broken")` for another key or altered bytes."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    kind, _dot, rest = envelope.partition(".")
    beside, _dot, shut = rest.partition(".")
    if kind != ENVELOPE:
        raise WrongState("seal_broken")
    try:
        private = X25519PrivateKey.from_private_bytes(private_key)
        raw = base64.b64decode(beside, validate=True)
        shared = private.exchange(X25519PublicKey.from_public_bytes(raw))
    except (ValueError, binascii.Error):
        raise WrongState("seal_broken") from None
    return json.loads(_opened(_agreed(shared, raw, private.public_key().public_bytes_raw()), shut, about))


def _agreed(shared: bytes, beside: bytes, public: bytes) -> bytes:
    return _derived(shared, ENVELOPE.encode(), salt=beside + public)


def _derived(secret: bytes, purpose: bytes, *, salt: bytes | None = None) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=purpose).derive(secret)


def _shut(key: bytes, data: bytes, about: About) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, data, canonical(dict(about)))).decode()


def _opened(key: bytes, text: str, about: About) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], canonical(dict(about)))
    except (InvalidTag, ValueError, binascii.Error):
        raise WrongState("seal_broken") from None
