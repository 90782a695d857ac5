"""The publication of a round before it happens: what it would be, and its letters as they would read.

All of it is done, read and taken back in a transaction of its own, by the functions that do it in earnest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.awards import foresight
from challenge.awards.foresight import Foreseen, Post
from challenge.base.db import db
from challenge.flow import announcing, mails
from challenge.flow.mailing import said
from challenge.messages import letters, links, rendering
from challenge.rounds import gate


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter as one of its real readers would get it: the `place`-th of `post.readers`, from 0."""

    post: Post
    place: int
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What publication would be now, with a sample of each letter that anybody gets."""

    foreseen: Foreseen
    samples: tuple[Sample, ...]
    requirements: tuple[tuple[str, str | None, str | None, str], ...]  # ref, titles, state


@contextmanager
def published(session: Session, round_id: int) -> Iterator[dt.datetime]:
    """The round as if its results were out; afterwards the whole transaction is taken back."""
    held = gate.hold(session, round_id, exclusive=True)
    try:
        with foresight.as_published(session, round_id, held.now):
            yield held.now
    finally:
        session.rollback()


def preview(round_id: int, places: Mapping[str, int] | None = None) -> Preview:
    """The preview of a round; `places`: whose letter is the sample of a template, else the first."""
    with db.sessionmaker() as session, published(session, round_id) as now:
        posts = announcing.letters(session, round_id)
        samples = [
            _sample(session, round_id, now, post, (places or {}).get(post.template, 0)) for post in posts
        ]
        needs = foresight.requirements(session, round_id)
        found = foresight.read(session, round_id, posts)
    return Preview(found, tuple(each for each in samples if each is not None), needs)


def _sample(session: Session, round_id: int, now: dt.datetime, post: Post, place: int) -> Sample | None:
    if not post.readers:
        return None
    place = min(max(place, 0), len(post.readers) - 1)
    facts = {"event": announcing.EVENT, "round_id": round_id, "at": now.isoformat()}
    mailing = next(each for each in mails.TABLE[announcing.EVENT] if each.template == post.template)
    about = said(session, mailing, facts)
    work = letters.mail("preview", post.template, user_id=post.readers[place], **about)
    written = rendering.write(session, work.payload)
    if written is None:
        return None
    text = links.without_secrets(written.text)
    return Sample(post, place, written.address, written.subject, text)
