"""What a judge's pages show, as plain values; none but `team`, of an open phase, says whose a proposal is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from challenge.judging.scorecards import texts_of
from challenge.rules.lifecycles import READING, UNLOCKED
from challenge.rules.spread import USUAL_FLAG
from challenge.rules.stages import Window, is_open
from challenge.submissions.reading import Part

KINDS = {
    "application/pdf": "PDF",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.ms-powerpoint": "PPT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/zip": "ZIP",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "text/plain": "TXT",
    "text/csv": "CSV",
    "text/markdown": "MD",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
    "video/mp4": "MP4",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a proposal without its name: a number, a kind, and what a judge can have of it.

    `place` is its place in the version, for the log; `size` and `pages` are those of the copy without
    metadata, in bytes and pictures. `state` is waiting, done, none or failed, the last two with a reason.
    """

    number: int
    place: int
    media_type: str
    state: str
    reason: str | None = None
    size: int = 0
    pages: int = 0

    @property
    def kind(self) -> str:
        """`PDF`, `DOCX` ...; the plain media type where we have no short word for it."""
        return KINDS.get(self.media_type, self.media_type)

    @property
    def extension(self) -> str:
        """What a neutral file name ends with."""
        return KINDS.get(self.media_type, "bin").lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """One indicator of the requirement: what was asked, and what the proposal offers."""

    name_zh: str | None
    name_en: str | None
    unit: str
    comparison: str
    target: str | None
    level: str
    met: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion of the scorecard: its scale, and what this judge has given so far."""

    id: int
    name_zh: str | None
    name_en: str | None
    guidance_zh: str | None
    guidance_en: str | None
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    weight: Decimal
    value: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assignment stands in time: the round as judges see it, and the judging window."""

    round_id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    zone: str
    hue: int
    window: Window
    now: dt.datetime
    stage: int | None = None  # the phase, where it is held on site
    waits: bool = False  # for its turn on stage

    @property
    def open(self) -> bool:
        """Whether scores are taken now."""
        return not self.waits and is_open(self.window, self.now)

    @property
    def over(self) -> bool:
        """Whether judging has ended."""
        return self.window.closed or (self.window.closes_at is not None and self.now >= self.window.closes_at)


@dataclass(frozen=True, slots=True)
class Progress:
    """A judge's own pile in one phase: how many are locked, of how many, and which one is on the desk."""

    locked: int
    count: int
    current: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The current version of a submission, minus whose it is."""

    title: str
    currency: str
    parts: tuple[Part, ...]  # of the round's form, without what that hides from judges
    answers: tuple[Answer, ...]
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What some judge of the phase before wrote, on a criterion of that phase or to the solver."""

    name_zh: str | None
    name_en: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """This judge's scorecard as it is kept."""

    locked_at: dt.datetime | None
    saved_at: dt.datetime | None
    to_organizer: str
    to_solver: str
    marks: tuple[Mark, ...]
    open_phase: bool = False  # its judges know whose proposals they read
    team: Mapping[str, Any] | None = None
    before: tuple[Remark, ...] = ()

    @property
    def done(self) -> int:
        """How many criteria have a score."""
        return sum(mark.value is not None for mark in self.marks)

    @property
    def texts(self) -> dict[str, str]:
        """What is stored, by the names of the form's fields."""
        held = [(mark.id, mark.value, mark.comment) for mark in self.marks]
        return texts_of(held, self.to_organizer, self.to_solver)

    @property
    def total(self) -> Decimal:
        """The weighted sum of what is scored so far."""
        return sum((m.value * m.weight for m in self.marks if m.value is not None), Decimal(0))

    @property
    def most(self) -> Decimal:
        """What can be had at most."""
        return sum((m.maximum * m.weight for m in self.marks), Decimal(0))


@dataclass(frozen=True, slots=True)
class JudgeView:
    """Everything that the scoring page shows."""

    ref: str
    code: str
    state: str
    place: Place
    requirement_zh: str | None
    requirement_en: str | None
    proposal: Proposal
    card: Card
    progress: Progress
    phase_id: int
    way: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a judge may know before declaring: title, requirement, and its seeker unless that is anonymous."""

    ref: str
    code: str
    state: str
    reason: str | None
    title: str
    place: Place
    requirement_zh: str | None
    requirement_en: str | None
    seeker_name: str | None
    seeker_name_en: str | None
    blindness: str = "blind"
    team: Mapping[str, Any] | None = None  # in an open phase alone


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a judge's queue."""

    ref: str
    code: str
    state: str
    title: str
    requirement_zh: str | None
    requirement_en: str | None
    scored: int
    criteria: int
    saved_at: dt.datetime | None
    locked_at: dt.datetime | None
    total: Decimal | None

    @property
    def lacks(self) -> bool:
        """Whether it is to be scored and some criterion has no score yet."""
        return self.state == "accepted" and self.scored < self.criteria


@dataclass(frozen=True, slots=True)
class Pile:
    """A judge's assignments in one phase, with what is to be done next."""

    phase_id: int
    label: str
    place: Place
    lines: tuple[Waiting, ...]
    way: str = "scores"
    flag_percent: int = USUAL_FLAG

    @property
    def progress(self) -> Progress:
        """How much of it is locked."""
        mine = [line for line in self.lines if line.state in READING]
        return Progress(sum(line.state == "completed" for line in mine), len(mine))

    @property
    def next(self) -> Waiting | None:
        """A draft that was begun, else one that may be begun, else one that waits for a declaration."""
        open_lines = [line for line in self.lines if line.state in UNLOCKED]
        return min(
            open_lines,
            key=lambda line: (line.state != "accepted", -bool(line.scored), line.code),
            default=None,
        )

    def after(self, ref: str) -> Waiting | None:
        """The next after `ref`, round and round, that lacks scores; None once all have theirs."""
        place = next((n for n, line in enumerate(self.lines) if line.ref == ref), 0)
        turn = (*self.lines[place + 1 :], *self.lines[:place])
        return next((line for line in turn if line.state == "invited" or line.lacks), None)
