"""Which addresses are of the public internet: none of ours in any disguise."""

from __future__ import annotations

import pytest

from challenge.rules.networks import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "172.32.0.1"])
def test_an_address_out_there_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "0.0.0.0"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1"),  # mapped, compatible
        *("64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::1", "2001:0:a00:1::1"),  # NAT64, 6to4, Teredo
        *("localhost", "example.org", "", "010.0.0.1", "0x7f.1", "2130706433"),
    ],
)
def test_an_address_that_is_ours_near_or_disguised_is_not(address: str) -> None:
    assert not is_public(address)
