"""A round's own form with a field of every kind, and what is typed into it."""

from __future__ import annotations

from typing import Any

from challenge.audit import statements
from challenge.base.db import db
from challenge.rules import formspec
from challenge.rules.formspec import Field, Option, Section, ShownIf, Spec, Words
from challenge.submissions.models import Submission, SubmissionForm
from tests.factories import RequirementFactory, SubmissionFactory, UserFactory


def words(en: str, zh: str | None = None) -> Words:
    return Words(zh, en)


ROUTES = (Option("light", words("Light", "光学")), Option("sound", words("Sound", "声学")))
MARKETS = tuple(Option(f"m{n}", words(f"Market {n}")) for n in range(1, 5))
STEPS = (Option("step", words("Step", "步骤")), Option("week", words("Week", "周")))
WIDE = Spec(
    (
        Section(
            "idea",
            words("The idea", "构想"),
            words("What it is."),
            (
                Field("title", "text", words("Title", "标题"), required=True, most=60),
                Field("summary", "long", words("Summary", "摘要"), required=True, most=300),
                Field("route", "choice", words("Route", "路线"), required=True, options=ROUTES),
                Field("band", "text", words("Band", "波段"), shown_if=ShownIf("route", ("light",)), most=40),
                Field("markets", "choices", words("Markets", "市场"), options=MARKETS, most=2),
                Field("film", "link", words("Film", "视频"), words("A link to a video.")),
            ),
        ),
        Section(
            "answers",
            words("Indicators", "指标"),
            fields=(Field("indicators", "indicators", words("Indicators")),),
        ),
        Section(
            "figures",
            words("Figures", "数据"),
            fields=(
                Field(
                    "speed", "number", words("Speed", "速度"), minimum="0", maximum="90", unit=words("m/s")
                ),
                Field(
                    "quote",
                    "money",
                    words("Quote", "报价"),
                    required=True,
                    hidden=True,
                    minimum="0.5",
                    maximum="90000",
                ),
                Field("ready", "date", words("Ready on"), minimum="2026-12-01", maximum="2028-12-31"),
                Field("level", "trl", words("Maturity", "成熟度")),
                Field("steps", "table", words("Steps", "步骤"), columns=STEPS, most=3),
            ),
        ),
        Section(
            "rest",
            words("The rest", "其他"),
            fields=(
                Field("paper", "files", words("The paper", "论文"), most=2),
                Field("costs", "files", words("Costs", "成本表"), hidden=True),
                Field("data", "text", words("Data"), most=20),  # a key that forms use themselves
                Field(
                    "terms",
                    "consent",
                    words("Terms", "条款"),
                    required=True,
                    terms=words("# Terms\n\n" + "We may do this. " * 20),
                    terms_version=2,
                ),
            ),
        ),
    )
)


def wide_draft(values: dict[str, Any] | None = None, spec: Spec = WIDE, **facts: Any) -> Submission:
    """A draft for a requirement with two indicators in a round with that form."""
    requirement = RequirementFactory(indicators=[{"name_en": "Rate"}, {"name_en": "Speed"}])
    submission: Submission = SubmissionFactory(requirement=requirement, **facts)
    put_form(submission.round_id, spec)
    submission.values = values if values is not None else {"title": "Polarised vision"}
    db.session.flush()
    return submission


def put_form(round_id: int, spec: Spec, version: int = 1) -> SubmissionForm:
    """The form in force of a round, past its builder."""
    document = formspec.write(spec)
    row = SubmissionForm(
        round_id=round_id,
        version=version,
        spec=document,
        digest=statements.digest(document),
        author_id=UserFactory().id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def typed_wide(submission: Submission, indicators: list[int], **changes: Any) -> dict[str, Any]:
    """Everything that the page of that form posts."""
    fields: dict[str, Any] = {
        "draft_version": str(submission.draft_version),
        "title": "Polarised vision",
        "summary": "Four directions.\r\nOne line.",
        "route": "light",
        "band": "Visible",
        "markets": "m2",
        "film": "https://example.org/film",
        "speed": "12.5",
        "quote": "60",
        "quote_unit": "yuan",
        "ready": "2027-03-01",
        "level": "5",
        "steps-0-c0": "Build",
        "steps-0-c1": "1-8",
        "data-own": "Open",
        "terms": "2",
        "team_name": "Light",
        "organization_id": "",
    }
    for key in indicators:
        fields |= {f"indicators-{key}-met": "met", f"indicators-{key}-evidence": "Measured."}
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
