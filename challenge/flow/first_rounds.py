"""A round from a ready-made template: a draft with windows, texts, form, phases, rubric and prizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from challenge.judging import laid_out, phases, rubric
from challenge.judging.criteria import CriterionDraft
from challenge.judging.phases import PhaseDraft
from challenge.rounds import drafting, prizes, texts
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.models import Round
from challenge.rounds.prizes import PrizeFacts
from challenge.rounds.windows import ZONES, typed
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.first_round_texts import HACKATHON_FORM
from challenge.rules.first_rounds import MOST_DAYS, TEMPLATES, Measure, Purse, Template, windows
from challenge.rules.permissions import Actor
from challenge.rules.stages import WINDOWED, Stage, Window
from challenge.submissions import formfiles, forms, formversions
from challenge.submissions.formversions import Decision

FINALISTS = Decimal(10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an organizer says; the rest comes from the template. `days`: how long each stage is open."""

    title_zh: str
    title_en: str
    zone: str
    first_day: dt.date | None
    days: Mapping[Stage, int | None]


def begin(session: Session, actor: Actor, programme_id: int, code: str, wanted: Wanted) -> Round:
    """Draft a round of the programme from a template; sent twice, it is drafted once.

    Everything in it stays open to change until the launch. Raises `InvalidMany` with every fault at its field
    (`first_day`, `<stage>_days`), `NotFound` without such a template.
    """
    template = TEMPLATES.get(code)
    if template is None:
        raise NotFound
    if wanted.zone not in ZONES:
        raise Invalid("zone", "not_a_zone")
    first_day, days = _days(wanted)
    when = typed(wanted.zone, windows(days, first_day))
    facts = RoundFacts(
        title_zh=wanted.title_zh,
        title_en=wanted.title_en,
        summary_zh=template.about.zh or "",
        summary_en=template.about.en or "",
        zone=wanted.zone,
        notice_days=template.notice_days,
    )
    round_ = drafting.create(session, actor, programme_id, facts, when)
    if not laid_out.of_round(session, round_.id):
        _furnish(session, actor, round_.id, template, when.windows[Stage.JUDGING])
    return round_


def _days(wanted: Wanted) -> tuple[dt.date, dict[Stage, int]]:
    faults: list[Invalid] = []
    days: dict[Stage, int] = {}
    for stage in WINDOWED:
        count = wanted.days.get(stage)
        if count is None or not 1 <= count <= MOST_DAYS:
            faults.append(Invalid(f"{stage.value}_days", "out_of_range", minimum=1, maximum=MOST_DAYS))
        else:
            days[stage] = count
    if wanted.first_day is None:
        faults.insert(0, Invalid("first_day", "required"))
    if faults or wanted.first_day is None:
        raise InvalidMany(faults)
    return wanted.first_day, days


def _furnish(session: Session, actor: Actor, round_id: int, template: Template, judging: Window) -> None:
    written = {
        (kind, lang): words.say(lang == "zh")
        for kind, words in template.texts.items()
        for lang in texts.LANGUAGES
    }
    texts.save(session, actor, round_id, written)
    if template.own_form:
        forms.edit(session, actor, round_id, 0, lambda _usual: HACKATHON_FORM)
        formversions.put_in_force(session, actor, round_id, formfiles.digest(HACKATHON_FORM), Decision())
    rubric.edit(
        session, actor, round_id, [_criterion(each) for each in template.criteria], template.per_entry
    )
    for number, draft in enumerate(_phases(template, judging), start=1):
        if number == 1:
            phases.edit(session, actor, round_id, number, draft)
        else:
            phases.add(session, actor, round_id, draft)
    prizes.replace(session, actor, round_id, [_prize(each) for each in template.prizes])


def _phases(template: Template, judging: Window) -> list[PhaseDraft]:
    """One phase takes the whole window; of two, the first takes two thirds of it and lets the best ten on."""
    if len(template.phases) == 1 or judging.opens_at is None or judging.closes_at is None:
        return [PhaseDraft(kind=kind, blindness=blindness) for kind, blindness in template.phases[:1]]
    turn = judging.opens_at + (judging.closes_at - judging.opens_at) * 2 / 3
    turn = turn.replace(minute=0, second=0, microsecond=0)
    (first, blind), (last, seen) = template.phases
    return [
        PhaseDraft(kind=first, blindness=blind, closes_at=turn, cut="top", cut_value=FINALISTS),
        PhaseDraft(kind=last, blindness=seen, opens_at=turn),
    ]


def _criterion(measure: Measure) -> CriterionDraft:
    return CriterionDraft(
        name_zh=measure.name.say(True),
        name_en=measure.name.say(False),
        guidance_zh=measure.guidance.say(True),
        guidance_en=measure.guidance.say(False),
        weight=str(Decimal(measure.points) / 10),
    )


def _prize(purse: Purse) -> PrizeFacts:
    return PrizeFacts(
        name_zh=purse.name.say(True),
        name_en=purse.name.say(False),
        slots=purse.slots,
        amount_minor=purse.yuan * 100 if purse.yuan is not None else None,
        text=purse.text,
    )
