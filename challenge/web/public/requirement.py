"""The page of one published requirement: problem, indicators, questions, and the way to a solution."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from challenge.base import amounts, i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import attachments, questions, versions
from challenge.requirements import public as needs
from challenge.requirements.public import PublicDetail, PublicRow
from challenge.rounds import marks
from challenge.rounds.marks import RoundMark
from challenge.rounds.tracks import track
from challenge.rules.permissions import Action
from challenge.web.places import industry_name, period, region_name
from challenge.web.public import cards, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "requirement": {"GET": Action.PAGE_READ},
    "requirement_file": {"GET": Action.REQUIREMENT_READ},
}


@blueprint.get("/requirements/<ref>")
def requirement(ref: str) -> ResponseReturnValue:
    """A published requirement as everyone reads it; one that is not published is not found."""
    mark = marks.of_round(db.session, needs.mark_of(), {"ref": ref})
    return kept.answer(mark, lambda: _draw(ref, mark), [mark.next_moment])


def _draw(ref: str, mark: RoundMark) -> str:
    detail = needs.public_detail(db.session, ref)
    row = detail.row
    asked = questions.public_questions(db.session, row.round_id, row.id)
    state = cards.open_state(row, mark.now)
    view = track(mark, mark.now)
    kept.expect(row.own_closes_at)
    return render_template(
        "public/requirement.html",
        row=row,
        detail=detail,
        view=view,
        state=state,
        closes_at=row.closes_at if state in ("open", "waiting") else None,
        facts=_facts(row, detail),
        money=amounts.money_range(row.budget_min_minor, row.budget_max_minor, row.currency),
        lines=[(line, cards.target(line)) for line in row.indicators],
        questions=asked,
        earlier=versions.corrections(db.session, [each.id for each in asked if each.corrected_at]),
        files=attachments.public_files(db.session, row.id),
        propose=cards.propose_url(ref) if state == "open" else None,
        ask=cards.ask_url(view.stage, ref=ref) if row.state == "published" else None,
        text=_problem(detail),
        updated_at=_updated(detail),
    )


def _problem(detail: PublicDetail) -> tuple[str, str | None]:
    """The problem and its language where it is not the reader's."""
    return i18n.t(detail, "problem"), i18n.t_lang(detail, "problem") if i18n.t(detail, "problem") else None


def _updated(detail: PublicDetail) -> dt.datetime | None:
    """When it was changed after it was published, so that a first version does not look like a change."""
    return detail.updated_at if detail.version > 1 else None


def _facts(row: PublicRow, detail: PublicDetail) -> dict[str, Any]:
    return {
        "seeker": row.seeker_zh if i18n.reader().zh else row.seeker_en,
        "region": region_name(detail.region),
        "track": i18n.t(row, "theme"),
        "field": cards.field_name(row.field),
        "industry": industry_name(detail.industry),
        "period": period(detail.starts_on, detail.ends_on),
        "modes": cards.mode_names(row.modes),
    }


@blueprint.get("/requirements/<ref>/files/<file_ref>")
def requirement_file(ref: str, file_ref: str) -> Response:
    """A file of a requirement, to whoever may read that face of it."""
    file = attachments.find(db.session, actor(), ref, file_ref)
    return send(file.sha256, file.size, file.media_type, file.name)
