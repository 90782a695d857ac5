"""Verify a receipt anywhere: one file, Python 3.8 or newer and its standard library, no network.

    python3 verify_receipt.py RECEIPT [FILES...] --keys keys.json

RECEIPT is the receipt, refusal or certificate as JSON, or its PDF, which carries the same. FILES are compared
with those that it names. The keys are the installation's public ones, from its page /verify/keys.json or from
`flask receipt keys`; get them there, never from whoever gave you the receipt: it vouches for no key.

Ends with 0 when all is right, 1 altered, 2 signed by a key that is not among those given, 3 no receipt,
4 a file that the receipt does not name, 64 not asked rightly. Ed25519 is verified by RFC 8032, section 5.1.7,
without its cofactor.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zlib
from typing import Any, Iterator, Mapping, NoReturn, Tuple  # noqa: UP035 - Python 3.8

ALGORITHM = "Ed25519"
RECEIPT = "challenge-receipt/1"
REFUSAL = "challenge-refusal/1"
KINDS = (RECEIPT, REFUSAL)
CERTIFICATES = ("challenge-certificate/1", "challenge-award-certificate/1")  # revoked or not, says the page
MOST_BYTES = 1_000_000
MOST_UNPACKED = 20_000_000

VALID, ALTERED, FOREIGN, NOTHING = "valid", "altered", "foreign_key", "not_a_receipt"
EXIT = {VALID: 0, ALTERED: 1, FOREIGN: 2, NOTHING: 3}
STRANGE_FILE, WRONGLY_ASKED = 4, 64
SAYS = {
    VALID: "VALID: signed by the key below, unchanged / 有效：由下列密钥签署，未经改动",
    ALTERED: "ALTERED: the signature does not fit what it says / 已被改动：签名与内容不符",
    FOREIGN: "NOT PROVEN: signed by a key that is not among those given / 未能证实：签署密钥不在所给密钥之中",
    NOTHING: "NOT A RECEIPT, or not all of one / 不是回执，或不完整",
}


class NoReceipt(ValueError):
    """These bytes are no receipt."""


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value that digests and signatures are made of."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def parsed(data: bytes, kinds: tuple[str, ...] = KINDS) -> tuple[dict[str, Any], str, bytes]:
    """The statement of a document, the name of its key, the signature; raises `NoReceipt`.

    Strict where a reader and a person could see two things: no name twice, nothing in a second spelling.
    """
    try:
        document = document_of(data)
        said, signed = document["statement"], document["signature"]
        key, value = signed["key"], signed["value"]
        if said["kind"] not in kinds or signed["algorithm"] != ALGORITHM or not isinstance(key, str):
            raise NoReceipt
        signature = base64.b64decode(value, validate=True)
        canonical(document)  # all of it: a name beside the statement, too
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error):
        raise NoReceipt from None
    if base64.b64encode(signature).decode() != value or not isinstance(said, dict):
        raise NoReceipt
    return said, key, signature


def document_of(data: bytes) -> Any:
    """The JSON of a document, or of the PDF that carries it; raises ValueError."""
    data = _statement_of_pdf(data) if data.startswith(b"%PDF-") else data
    if len(data) > MOST_BYTES:
        raise NoReceipt
    return json.loads(
        data.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_plain, parse_constant=_no_number
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoReceipt
    return found


def _plain(text: str) -> int:
    if len(text) > 20 or str(int(text)) != text:  # what no field of ours can hold; "-0"
        raise NoReceipt
    return int(text)


def _no_number(_text: str) -> None:
    raise NoReceipt


def _statement_of_pdf(data: bytes) -> bytes:
    """The signed document that a receipt's PDF carries as an attachment."""
    left = MOST_UNPACKED
    for found in re.finditer(rb"(?<!end)stream\r?\n", data[:MOST_UNPACKED]):
        raw = data[found.end() : data.find(b"endstream", found.end())]
        try:
            text = zlib.decompressobj().decompress(raw, MOST_BYTES)
        except zlib.error:
            text = raw
        left -= len(text)
        if b'"statement"' in text and b'"signature"' in text and text.lstrip()[:1] == b"{":
            return text
        if left < 0:
            break
    raise NoReceipt


P = 2**255 - 19  # Ed25519, RFC 8032
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]  # noqa: UP006 - X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
ZERO = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    o, q = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, q - o, q + o, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total = ZERO
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _point(data: bytes) -> Point:
    """The point of its 32 bytes; ValueError where they are not the one spelling of a point."""
    number = int.from_bytes(data, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if len(data) != 32 or y >= P or x * x % P != square or (x == 0 and odd):
        raise ValueError("no point of the curve")
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


def _bytes(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key signed exactly these bytes. Strict: no second spelling of a signature, no weak key."""
    try:
        key = _point(public)
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L or _bytes(_times(8, key)) == _bytes(ZERO):
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(hashed, "little") % L
    minus = (P - key[0], key[1], 1, P - key[3])
    return _bytes(_add(_times(s, BASE), _times(h, minus))) == signature[:32]


def examine(data: bytes, keys: Mapping[str, bytes]) -> tuple[str, dict[str, Any], str]:
    """What the bytes are worth: verdict, the statement where it is valid, the name of the key."""
    try:
        said, key, signature = parsed(data, KINDS + CERTIFICATES)
    except NoReceipt:
        return NOTHING, {}, ""
    if key not in keys:
        return FOREIGN, {}, key
    right = signed_by(keys[key], canonical(said), signature)
    holder = document_of(data).get("holder") if said["kind"] in CERTIFICATES else None
    if right and holder is not None:  # the name stands beside what is signed, which has its digest
        right = hashlib.sha256(canonical(holder)).hexdigest() == said["holder_sha256"]
        said["holder"] = holder["name"] if right else ""
    return (VALID, said, key) if right else (ALTERED, {}, key)


def read_keys(text: str) -> dict[str, bytes]:
    """The public keys of keys.json or of what `flask receipt keys` prints; each is called by its digest."""
    try:
        named = dict(json.loads(text)["keys"])
    except ValueError:
        named = dict(line.replace("*", " ").split()[:2] for line in text.splitlines() if line.strip())
    keys = {name: base64.b64decode(value, validate=True) for name, value in named.items()}
    if not keys or any(hashlib.sha256(raw).hexdigest()[:16] != name for name, raw in keys.items()):
        raise ValueError("a key is not the one that its name says")
    return keys


def compared(said: Mapping[str, Any], name: str, digest: str) -> tuple[bool, str]:
    """Whether the receipt names a file of this digest, and a line that says so."""
    for file in (each for each in said.get("manifest", ()) if each["sha256"] == digest):
        return True, f"{name}: is {file['name']}, unchanged"
    for file in (each for each in said.get("manifest", ()) if each["name"] == name):
        return False, f"{name}: DIFFERS from the {file['name']} of the receipt ({file['sha256']})"
    return False, f"{name}: NOT NAMED by the receipt"


def told(said: Mapping[str, Any], key: str) -> Iterator[str]:
    """The lines that say what a valid statement says."""
    kind = {RECEIPT: "receipt", REFUSAL: "refusal (arrived too late, not entered)"}.get(said["kind"])
    whose = f"{said['submission']}, round {said['round']}" if kind else said.get("holder", "nobody named")
    yield f"  {kind or 'certificate'} of {whose}"
    inner = {name: each for name, each in said.items() if isinstance(each, dict) and name != "audit"}
    parts = {f"{name} {part}": value for name, each in inner.items() for part, value in each.items()}
    for name, value in {**said, **parts}.items():
        if isinstance(value, (str, int)) and name not in ("kind", "submission", "round"):
            yield f"  {name}: {value}"
    if "audit" in said:
        yield f"  audit: {said['audit']['chain']} {said['audit']['seq']} {said['audit']['hash']}"
    yield f"  key: {key}"
    for file in said.get("manifest", ()):
        yield f"  {file['sha256']}  {file['size']:>12}  {file['name']}"


def _print(text: str) -> None:
    seen = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
    sys.stdout.buffer.write(seen.encode("utf-8", "backslashreplace") + b"\n")


def digest_of(path: str) -> str:
    """The SHA-256 of a file, read piece by piece."""
    hashed = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: PTH123 - as the rest, for any Python
        for chunk in iter(lambda: file.read(1 << 20), b""):
            hashed.update(chunk)
    return hashed.hexdigest()


class _Options(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONGLY_ASKED, f"{self.prog}: {message}\n")


def _asked(words: list[str]) -> tuple[bytes, dict[str, bytes], str, list[str]]:
    """The bytes of the receipt, the keys, the receipt's name, the files; ends the program on a wrong word."""
    options = _Options(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("receipt")
    options.add_argument("files", nargs="*")
    options.add_argument("--keys", help="the installation's public keys: keys.json")
    given = options.parse_intermixed_args(words)
    keys: dict[str, bytes] = {}
    try:
        if given.keys:
            with open(given.keys, encoding="utf-8") as file:  # noqa: PTH123
                keys = read_keys(file.read(MOST_BYTES))
    except (OSError, ValueError, KeyError, TypeError) as error:
        options.error(f"{given.keys} holds no public keys: {error}")
    try:
        with open(given.receipt, "rb") as opened:  # noqa: PTH123
            return opened.read(MOST_BYTES + 1), keys, given.receipt, given.files
    except OSError as error:
        options.error(str(error))


def main(words: list[str]) -> int:
    """Read the arguments, say the verdict; the exit code."""
    data, keys, name, files = _asked(words)
    verdict, said, key = examine(data, keys)
    _print(f"{name}: {SAYS[verdict]}")
    if verdict == FOREIGN:
        _print(f"  signed by key {key}; keys given: {', '.join(sorted(keys)) or 'none'}")
        _print("  compare it with the keys that the installation itself shows at /verify (--keys keys.json)")
    if verdict != VALID:
        return EXIT[verdict]
    for line in told(said, key):
        _print(line)
    code = EXIT[VALID]
    for path in files:
        try:
            known, line = compared(said, re.split(r"[\\/]", path)[-1], digest_of(path))
        except OSError as error:
            known, line = False, f"{path}: {error.strerror}"
        _print(line)
        code = code if known else STRANGE_FILE
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
