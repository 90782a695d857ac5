"""A letter to be written: a row of work that says to whom, by which template and about what, in ids."""

from __future__ import annotations

from typing import Any

from challenge.tasks.queue import Work


def mail(
    cause: str,
    template: str,
    *,
    user_id: int | None = None,
    address: str | None = None,
    locale: str | None = None,
    **about: Any,
) -> Work:
    """One letter. `cause` names what it follows from; with it, recipient and template the key is unique.

    To a person (`user_id`, read in their language when it is written) or to an address that need not have an
    account (`locale` says how to write to it). `about` holds ids and strings that JSON knows.
    """
    if (user_id is None) == (address is None):
        raise ValueError("a letter goes to a person or to an address")
    recipient = f"user:{user_id}" if user_id is not None else str(address)
    payload = {"template": template, "user_id": user_id, "address": address, "locale": locale, "about": about}
    return Work("mail", f"mail/{cause}/{template}/{recipient}", payload)
