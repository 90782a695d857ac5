"""Mail addresses: one spelling to keep, one way to compare."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from challenge.rules.errors import Invalid


def normal(field: str, text: str) -> str:
    """The address as it is kept, in lower case; raises `Invalid(field, "not_an_address")`. Asks no server."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(field, "not_an_address") from None
    return found.normalized.lower()


def same(one: str, other: str) -> bool:
    """Whether two addresses are one: letter case makes no difference in practice."""
    return one.strip().casefold() == other.strip().casefold()


def masked(address: str) -> str:
    """What a page may show to whoever holds a link: `zh***@example.org`."""
    name, _, domain = address.partition("@")
    return f"{name[:2]}***@{domain}"
