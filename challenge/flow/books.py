"""Workbooks in `flask work`: a template is made and kept, a filled one is read and entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.rules.errors import Refused
from challenge.rules.workbooks import Limits, Sheet
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Sheet], bytes]


class Book(Protocol):
    """A row that a filled workbook came in with; `sha256` and `size` are those of its bytes."""

    @property
    def sha256(self) -> str | None: ...  # noqa: D102

    @property
    def size(self) -> int: ...  # noqa: D102


B = TypeVar("B", bound=Book)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Kind(Generic[B, R]):
    """What differs between workbooks. `sheet`: what is to be written, None where a filled one came in."""

    waiting: Callable[[Session, int], B | None]
    sheet: Callable[[Session, B], Sheet | None]
    limits: Limits
    enter: Callable[[Session, B, R | str], object]
    refuse: Callable[[Session, B, str], None]
    done: Callable[[Session, B, str, int, dt.datetime], None]
    code: Callable[[Refused], str]


def make(kind: Kind[B, R], task: Leased, write: Write, read: Callable[[bytes, Limits], R | str]) -> None:
    """Do what the row of work names; what is done already is left as it is."""
    with fresh_session() as session:
        book = kind.waiting(session, task.payload["id"])
        if book is None:
            return
        sha256, size = book.sha256, book.size
        sheet = kind.sheet(session, book)
    if sheet is not None:
        _keep(kind, task, write(sheet))
        return
    rows = read(b"".join(storage().read(sha256 or "", 0, size)), kind.limits)
    try:
        _finish(kind, task, lambda session, found: kind.enter(session, found, rows))
    except Refused as refusal:  # it is too late, or whoever brought it may no longer
        code = kind.code(refusal)
        _finish(kind, task, lambda session, found: kind.refuse(session, found, code))


def _keep(kind: Kind[B, R], task: Leased, made: bytes) -> None:
    with storage().in_use():
        sha256 = storage().put(made)
        _finish(
            kind,
            task,
            lambda session, book: kind.done(session, book, sha256, len(made), clock.now(session)),
        )


def _finish(kind: Kind[B, R], task: Leased, act: Callable[[Session, B], object]) -> None:
    with fresh_session() as session:
        book = kind.waiting(session, task.payload["id"])
        if book is not None:
            act(session, book)
        queue.finish(session, task)
