"""Which addresses of the internet are somebody else's: all that is ours, near, or disguised is refused."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Everything that IANA's registries of special purpose keep from being an address out there.
_V4 = tuple(
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
)
# Of IPv6 only global unicast is let through. What carries an IPv4 address inside it (mapped, compatible,
# NAT64, 6to4, Teredo) lies outside of it or is named here.
_GLOBAL = ip_network("2000::/3")
_V6 = tuple(
    ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the public internet; what is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return _public_v4(found.ipv4_mapped)
        return found.scope_id is None and found in _GLOBAL and not any(found in each for each in _V6)
    return _public_v4(found)


def _public_v4(found: IPv4Address) -> bool:
    return not any(found in each for each in _V4)
