"""The installation's signing key, Ed25519: made at first use, its owner's alone, never in the database.

`signing.pem` signs from now on. Every public key that ever signed stays in `public/`, so that a receipt of
years ago is still told from a forged one. A key is called by the beginning of its digest.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "Ed25519"
_EXTENSION = "challenge.keys"


@dataclass(frozen=True, slots=True)
class Signature:
    """Which key signed, and its signature in base64."""

    key: str
    value: str


class UnknownKey(LookupError):
    """No key of that name ever signed here."""


class Keyring:
    """The signing key and all public keys of one installation; many processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signing = folder / "signing.pem"
        self._public = folder / "public"
        self._loaded: tuple[tuple[int, int], str, Ed25519PrivateKey] | None = None

    def sign(self, data: bytes) -> Signature:
        """Sign with the key in force; makes one if there is none."""
        name, key = self._key()
        return Signature(name, base64.b64encode(key.sign(data)).decode())

    def verifies(self, data: bytes, signature: Signature) -> bool:
        """Whether that key signed exactly these bytes; raises `UnknownKey` for a key that is not ours."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        known = self.public_keys().get(signature.key)
        if known is None:
            raise UnknownKey(signature.key)
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(known)).verify(
                base64.b64decode(signature.value, validate=True), data
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def public_keys(self) -> dict[str, str]:
        """Every public key that signs or signed here: name -> raw key in base64."""
        self._key()
        return {path.stem: path.read_text(encoding="ascii").strip() for path in self._public.glob("*.pub")}

    def current(self) -> str:
        """The name of the key in force."""
        return self._key()[0]

    def rotate(self) -> str:
        """Retire the key in force and make a new one; its name. What the old one signed stays verifiable."""
        self._key()
        self._signing.unlink()
        return self._key()[0]

    def _key(self) -> tuple[str, Ed25519PrivateKey]:
        try:
            seen = self._signing.stat()
        except FileNotFoundError:
            self._make()
            seen = self._signing.stat()
        stamp = (seen.st_ino, seen.st_mtime_ns)
        if self._loaded is None or self._loaded[0] != stamp:
            name, key = self._load()
            self._loaded = (stamp, name, key)
        return self._loaded[1], self._loaded[2]

    def _load(self) -> tuple[str, Ed25519PrivateKey]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(self._signing.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{self._signing} holds no Ed25519 key")
        raw = key.public_key().public_bytes_raw()
        name = hashlib.sha256(raw).hexdigest()[:16]
        public = self._public / f"{name}.pub"
        if not public.exists():
            write_once(public, base64.b64encode(raw) + b"\n", 0o644)
        return name, key

    def _make(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._public.mkdir(exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_once(self._signing, pem, 0o600)


def keyring() -> Keyring:
    """The keys of the running app."""
    known = current_app.extensions.get(_EXTENSION)
    if isinstance(known, Keyring):
        return known
    settings: Any = current_app.config["SETTINGS"]
    opened = Keyring(settings.data_dir / "keys")
    current_app.extensions[_EXTENSION] = opened
    return opened


def write_once(path: Path, data: bytes, mode: int) -> None:
    """Make a file that appears whole or not at all; whoever comes second leaves the first one's alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
    finally:
        Path(name).unlink()
