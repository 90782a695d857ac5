"""Ed25519 in plain integers agrees with `cryptography`, and refuses what has two spellings."""

from __future__ import annotations

import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from challenge.audit import verify_receipt


def other_library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_two_hundred_random_messages_agree_with_the_other_library() -> None:
    random_ = random.Random(20261123)
    for n in range(200):
        key = Ed25519PrivateKey.from_private_bytes(random_.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), random_.randbytes(random_.randrange(300))
        signature = key.sign(message)
        assert verify_receipt.signed_by(public, message, signature)
        place, bit = random_.randrange(64), 1 << random_.randrange(8)
        broken = bytes(each ^ bit if at == place else each for at, each in enumerate(signature))
        for case in (
            (public, message + b"x", signature),
            (public, message, broken),
            (random_.randbytes(32), message, signature),
            (public, message, random_.randbytes(64)),
        ):
            assert verify_receipt.signed_by(*case) == other_library(*case), (n, case)


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"said")
    s = int.from_bytes(signature[32:], "little")
    for times in range(1, 16):
        moved = signature[:32] + (s + times * verify_receipt.L).to_bytes(32, "little")
        assert not verify_receipt.signed_by(public, b"said", moved)
        assert not other_library(public, b"said", moved)
    for length in (0, 63, 65, 128):
        assert not verify_receipt.signed_by(public, b"said", (signature * 2)[:length])


# The eight points of small order, and the other spellings of two of them.
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("point", SMALL)
def test_a_key_that_fits_every_message_is_none(point: str) -> None:
    public = bytes.fromhex(point)
    for first in SMALL:
        signature = bytes.fromhex(first) + bytes(32)
        for message in (b"", b"one", b"two", b"three"):
            assert not verify_receipt.signed_by(public, message, signature)


def test_the_vectors_of_the_standard_hold() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify_receipt.signed_by(public, b"\x72", signature)
    assert not verify_receipt.signed_by(public, b"\x73", signature)
