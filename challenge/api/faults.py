"""Refusals that only programs meet: no token, the wrong one, too many requests, a state that has moved on."""

from __future__ import annotations

from challenge.rules.errors import Refused


class Unauthorized(Refused):
    """There is no token that could be known, where one is needed."""

    status = 401


class Forbidden(Refused):
    """The token was not made for this."""

    status = 403


class TooMany(Refused):
    """More requests than this caller may make in the time."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("called_too_often", seconds=seconds)
        self.seconds = seconds


class MovedOn(Refused):
    """What stands there is not what the caller has read."""

    status = 412

    def __init__(self) -> None:
        super().__init__("state_moved_on")


class Unmatched(Refused):
    """The caller has to say which state it has read."""

    status = 428

    def __init__(self) -> None:
        super().__init__("state_not_named")


class Unreadable(Refused):
    """The request's body or cursor is not what this door reads."""

    status = 400


class OtherType(Refused):
    """The body is of another type than this door reads."""

    status = 415


class KeyReused(Refused):
    """The same `Idempotency-Key` came with another request."""

    status = 422

    def __init__(self) -> None:
        super().__init__("key_reused")
