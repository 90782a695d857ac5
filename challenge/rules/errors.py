"""Refusals: codes and parameters, never words; each door turns them into pages, JSON or lines."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A rule said no. `code` names the reason, `params` fills the reader's sentence."""

    status = 409

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotFound(Refused):
    """There is no such thing, or the actor may not know that there is."""

    status = 404

    def __init__(self, code: str = "not_found", **params: object) -> None:
        super().__init__(code, **params)


class NotAllowed(Refused):
    """The permission table has no row that lets this actor do this."""

    status = 403

    def __init__(self, code: str = "not_allowed", **params: object) -> None:
        super().__init__(code, **params)


class FactorNeeded(NotAllowed):
    """The role would let them, but it wants a second factor, which they have not set up."""

    def __init__(self, **params: object) -> None:
        super().__init__("factor_needed", **params)


class WrongState(Refused):
    """The thing's lifecycle has no such step from where it stands."""

    status = 409


class TooLate(Refused):
    """The window is not open at the database's clock: before it opens or after it closed."""

    status = 409


class Malformed(Refused):
    """The request itself broke off or cannot be read; nothing of it was kept."""

    status = 400


class TooLarge(Refused):
    """More than can be taken at all; nothing of it was read."""

    status = 413


class NoRoom(Refused):
    """The disk is full; nothing partial was kept."""

    status = 507

    def __init__(self, code: str = "no_room", **params: object) -> None:
        super().__init__(code, **params)


class Away(Refused):
    """Something that this needs does not answer just now; nothing was lost, and the same again may pass."""

    status = 503


class Invalid(Refused):
    """One field is wrong; the form shows it at that field."""

    status = 422

    def __init__(self, field: str, code: str, **params: object) -> None:
        super().__init__(code, **params)
        self.field = field


class InvalidMany(Refused):
    """Several fields are wrong at once; nothing was stored."""

    status = 422

    def __init__(self, faults: Sequence[Invalid]) -> None:
        super().__init__("invalid_many", count=len(faults))
        self.faults = tuple(faults)
