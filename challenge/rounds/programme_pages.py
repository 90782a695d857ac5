"""Pages of a programme: written in versions, put into order, published, taken back. Old versions are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.base.ids import new_ref
from challenge.rounds.models import Programme
from challenge.rounds.programme_models import ProgrammePage, ProgrammePageVersion
from challenge.rounds.programmes import TITLE, length_faults, subject_of, title_faults
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.slugs import check_slug, slug_from

BODY = 30_000
MOST = 30
_TEXTS = ("title_zh", "title_en", "body_zh", "body_en")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page as it is written; an empty slug asks for one made from the English title."""

    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page in a list, with the titles of its newest version."""

    ref: str
    slug: str
    version: int
    published: int | None
    title_zh: str | None
    title_en: str | None


def write(
    session: Session, actor: Actor, programme: Programme, ref: str | None, facts: PageFacts
) -> ProgrammePage:
    """Write a new page (`ref` None) or a new version of one; what did not change makes none.

    Raises `InvalidMany`, NotFound. Nobody reads it before it is published.
    """
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    _hold(session, programme)
    page = by_ref(session, programme, ref) if ref else None
    slug = _checked(session, programme, page, facts)
    texts = {name: getattr(facts, name).strip().replace("\r\n", "\n") or None for name in _TEXTS}
    now = clock.now(session)
    if page is None:
        twin = _twin(session, programme, texts)
        if twin is not None:
            return twin
        position = _last(session, programme) + 1
        page = ProgrammePage(
            programme_id=programme.id, slug=slug, position=position, version=0, created_at=now
        )
        session.add(page)
    elif _same(session, page, texts) and slug == page.slug:
        return page
    page.slug, page.version = slug, page.version + 1
    session.flush()
    values = {"page_id": page.id, "number": page.version, "author_id": actor.user_id, "created_at": now}
    session.add(ProgrammePageVersion(**values, **texts))
    _record(session, actor, programme, "programme.page_written", page, version=page.version)
    return page


def publish(session: Session, actor: Actor, programme: Programme, ref: str, version: int) -> None:
    """Let everyone read this version, be it the newest or an older one. Raises NotFound."""
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    _hold(session, programme)
    page = by_ref(session, programme, ref)
    if not 1 <= version <= page.version:
        raise NotFound
    if page.published != version:
        page.published = version
        _record(session, actor, programme, "programme.page_published", page, version=version)


def withdraw(session: Session, actor: Actor, programme: Programme, ref: str) -> None:
    """Take a page back from its readers; its versions stay."""
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    _hold(session, programme)
    page = by_ref(session, programme, ref)
    if page.published is not None:
        page.published = None
        _record(session, actor, programme, "programme.page_withdrawn", page)


def move(session: Session, actor: Actor, programme: Programme, ref: str, by: int) -> None:
    """Move a page one place up (-1) or down (1); at the end of the list nothing happens."""
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    _hold(session, programme)
    by_ref(session, programme, ref)
    query = sa.select(ProgrammePage).where(ProgrammePage.programme_id == programme.id)
    rows = list(session.scalars(query.order_by(ProgrammePage.position, ProgrammePage.id)))
    if moved(rows, ref, by):
        chain.record(session, actor, "programme.pages_ordered", f"programme:{programme.id}")


def moved(rows: list[Any], ref: str, by: int) -> bool:
    """Put the row of `ref` one place further in the list and number all anew; False where it stood there."""
    place = next(place for place, row in enumerate(rows) if row.ref == ref)
    to = min(max(place + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(place))
    for number, row in enumerate(rows, start=1):
        row.position = number
    return to != place


def by_ref(session: Session, programme: Programme, ref: str) -> ProgrammePage:
    """One of its pages; raises NotFound."""
    here = sa.and_(ProgrammePage.programme_id == programme.id, ProgrammePage.ref == ref)
    page = session.scalar(sa.select(ProgrammePage).where(here))
    if page is None:
        raise NotFound
    return page


def version_of(session: Session, page: ProgrammePage, number: int) -> ProgrammePageVersion:
    """One version of a page; raises NotFound."""
    here = sa.and_(ProgrammePageVersion.page_id == page.id, ProgrammePageVersion.number == number)
    found = session.scalar(sa.select(ProgrammePageVersion).where(here))
    if found is None:
        raise NotFound
    return found


def versions(session: Session, page: ProgrammePage) -> Sequence[ProgrammePageVersion]:
    """All versions of a page, newest first."""
    query = sa.select(ProgrammePageVersion).where(ProgrammePageVersion.page_id == page.id)
    return session.scalars(query.order_by(ProgrammePageVersion.number.desc()).limit(100)).all()


def listed(session: Session, programme_id: int, *, published: bool) -> list[PageRow]:
    """The pages in their order: those that everyone reads as they read them, or all as written last."""
    page, version = ProgrammePage, ProgrammePageVersion
    number = page.published if published else page.version
    columns = (page.ref, page.slug, page.version, page.published, version.title_zh, version.title_en)
    query = sa.select(*columns).join(version, sa.and_(version.page_id == page.id, version.number == number))
    query = query.where(page.programme_id == programme_id)
    return [PageRow(*row) for row in session.execute(query.order_by(page.position, page.id))]


def read(session: Session, programme_id: int, slug: str) -> ProgrammePageVersion:
    """What everyone reads at this address; raises NotFound for a draft too."""
    page, version = ProgrammePage, ProgrammePageVersion
    here = (page.programme_id == programme_id, page.slug == slug)
    this = sa.and_(version.page_id == page.id, version.number == page.published)
    found = session.scalar(sa.select(version).join(page, this).where(*here))
    if found is None:
        raise NotFound
    return found


def _hold(session: Session, programme: Programme) -> None:
    """Who writes about one programme stands in one line."""
    begin_write(session)
    session.execute(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())


def _checked(session: Session, programme: Programme, page: ProgrammePage | None, facts: PageFacts) -> str:
    faults = title_faults(facts.title_zh, facts.title_en)
    faults += length_faults(facts, {"body_zh": BODY, "body_en": BODY})
    own = ProgrammePage.programme_id == programme.id
    count = session.scalar(sa.select(sa.func.count()).select_from(ProgrammePage).where(own)) or 0
    if page is None and count >= MOST:
        faults.append(Invalid("title_zh", "too_many_rows", most=MOST))
    slug = facts.slug or (page.slug if page else slug_from(facts.title_en[:TITLE]) or new_ref())
    try:
        check_slug("slug", slug)
    except Invalid as fault:
        faults.append(fault)
    others = sa.select(ProgrammePage.id).where(own, ProgrammePage.slug == slug)
    taken = session.scalar(others if page is None else others.where(ProgrammePage.id != page.id))
    if taken is not None and facts.slug:
        faults.append(Invalid("slug", "slug_taken"))
    elif taken is not None:
        slug = new_ref()
    if faults:
        raise InvalidMany(faults)
    return slug


def _last(session: Session, programme: Programme) -> int:
    mine = ProgrammePage.programme_id == programme.id
    return session.scalar(sa.select(sa.func.max(ProgrammePage.position)).where(mine)) or 0


def _same(session: Session, page: ProgrammePage, texts: dict[str, str | None]) -> bool:
    last = version_of(session, page, page.version)
    return all(getattr(last, name) == text for name, text in texts.items())


def _twin(session: Session, programme: Programme, texts: dict[str, str | None]) -> ProgrammePage | None:
    """The page that the same form made a moment ago."""
    page, version = ProgrammePage, ProgrammePageVersion
    columns = version.__table__.c
    same = [columns[name].is_not_distinct_from(text) for name, text in texts.items()]
    this = sa.and_(version.page_id == page.id, version.number == page.version)
    query = sa.select(page).join(version, this).where(page.programme_id == programme.id, *same)
    return session.scalars(query.limit(1)).first()


def _record(
    session: Session, actor: Actor, programme: Programme, action: str, page: ProgrammePage, **detail: Any
) -> None:
    session.flush()
    chain.record(session, actor, action, f"programme:{programme.id}", page=page.ref, **detail)
