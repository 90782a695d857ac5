"""What was answered already: whether drafts and entries fit a form that changes under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment
from challenge.rounds.models import Round
from challenge.rules import formfaults
from challenge.rules.errors import Invalid
from challenge.rules.formchange import answered, last_seen, misfit, risky
from challenge.rules.formspec import Field, Spec
from challenge.submissions.material import OWNER
from challenge.submissions.models import Submission, Version

BATCH = 200
Pair = tuple[Field, Field]


def refusals(session: Session, round_: Round, after: Spec, earlier: Sequence[Spec]) -> list[Invalid]:
    """Why the form cannot take the place of the earlier ones (the newest first): a fault for each field.

    Read are only the answers to fields that changed in a way that could matter. In a sealed round any answer
    to such a field refuses: trying one limit after the other must not tell what nobody may read yet.
    """
    pairs = [
        (old, new)
        for new in after
        if new.kind != "files"
        and (old := last_seen(new.key, earlier)) is not None
        and risky(old, new)
        and (new.kind != "indicators" or (old.hidden and not new.hidden))  # they have no limits of their own
    ]
    counted: dict[str, Counter[str]] = {new.key: Counter() for _old, new in pairs}
    for currency, values in _answers(session, round_, pairs) if pairs else ():
        for old, new in pairs:
            code = misfit(old, new, values, currency) if not round_.sealed else _answered(old, values)
            if code is not None:
                counted[new.key][code] += 1
    found = [
        Invalid(formfaults.place_of(after, key), code, count=count)
        for key, codes in counted.items()
        for code, count in codes.most_common(1)
    ]
    return found + _files(session, round_.id, after, earlier[0] if earlier else after)


def _answered(old: Field, values: Mapping[str, Any]) -> str | None:
    return "form_answered" if answered(old, values.get(old.key)) else None


def _answers(
    session: Session, round_: Round, pairs: Sequence[Pair]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The currency and the answers to those fields, of every draft and of every entry that stands open."""
    keys = sorted({key for _old, new in pairs for key in (new.key, new.not_below) if key})
    here = Submission.round_id == round_.id
    paged = {"yield_per": BATCH}
    # What is hidden where it is stored cannot be asked for by its parts.
    whole = sa.select(Submission.currency, Submission.values).where(here, Submission.sealed.is_(True))
    for currency, values in session.execute(whole, execution_options=paged):
        yield currency, values
    parts = [Submission.values[key] for key in keys]
    drafts = sa.select(Submission.currency, *parts).where(here, Submission.sealed.is_(False))
    for currency, *row in session.execute(drafts, execution_options=paged):
        yield currency, dict(zip(keys, row, strict=True))
    shown, hidden = ([part[key] for key in keys] for part in (Version.content["values"], Version.hidden))
    entries = sa.select(Submission.currency, *shown, *hidden).join(
        Submission, Submission.id == Version.submission_id
    )
    for currency, *row in session.execute(entries.where(here, Version.current), execution_options=paged):
        seen, unseen = row[: len(keys)], row[len(keys) :]
        pairs_of = zip(keys, seen, unseen, strict=True)
        yield currency, {key: mine if mine is not None else theirs for key, mine, theirs in pairs_of}


def _files(session: Session, round_id: int, after: Spec, before: Spec) -> list[Invalid]:
    """Files have their place in a field: it stays while there are some, and takes as many as there are."""
    fields = {field.key: field for field in before.of_kind("files")}
    changed = [key for key, old in fields.items() if _fewer(old, after.get(key))]
    if not changed:
        return []
    most = (
        sa.select(Attachment.field, sa.func.count().label("files"))
        .join(Submission, Submission.id == Attachment.owner_id)
        .where(
            Attachment.owner_kind == OWNER,
            Attachment.removed_at.is_(None),
            Attachment.field.in_(changed),
            Submission.round_id == round_id,
        )
        .group_by(Attachment.field, Attachment.owner_id)
        .subquery()
    )
    query = sa.select(most.c.field, sa.func.max(most.c.files), sa.func.count()).group_by(most.c.field)
    found = []
    for key, largest, count in session.execute(query):
        new = after.get(key)
        if new is None or new.kind != "files":
            found.append(Invalid("sections", "form_files_left", count=count, key=key))
        elif new.most is not None and largest > new.most:
            found.append(Invalid(formfaults.place_of(after, key), "form_limit_passed", count=count))
        elif fields[key].hidden and not new.hidden:
            found.append(Invalid(formfaults.place_of(after, key), "form_unhidden_answered", count=count))
    return found


def _fewer(old: Field, new: Field | None) -> bool:
    return new is None or new.kind != "files" or new.most != old.most or (old.hidden and not new.hidden)


def begun(session: Session, round_id: int) -> int:
    """How many drafts and entries there are that a change concerns."""
    query = sa.select(sa.func.count()).select_from(Submission)
    return session.scalar(query.where(Submission.round_id == round_id, Submission.state != "withdrawn")) or 0
