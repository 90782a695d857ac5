"""Signs in a requirement that whoever writes or screens it should look at: not faults; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from challenge.requirements import identity
from challenge.requirements.content import Content
from challenge.rules import redaction
from challenge.rules.money import minor_digits
from challenge.rules.redaction import Place, Trace

# Words that promise and cannot be checked.
VAGUE = re.compile(
    r"先进|高效|显著|大幅|较好|较高|较低|良好|优异|优良|尽可能|尽量|领先水平|国际领先|国内领先|一流|一定程度"
    r"|进一步提[高升]|明显|充分|全面提升|有效提[高升]|智能化水平|高质量|高性能|低成本|易用|等等"
    r"|\b(?:advanced|efficient|significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|world[- ]class"
    r"|state[- ]of[- ]the[- ]art|cutting[- ]edge|leading|high[- ](?:quality|performance)|low[- ]cost"
    r"|as (?:far|much|soon) as possible|user[- ]friendly|easy[- ]to[- ]use|robust|seamless"
    r"|optimal|better|improved|etc)\b",
    re.IGNORECASE,
)
# A way to solve it where the need should stand.
SOLUTION = re.compile(
    r"(?:拟|计划|将|需要?|希望)?(?:采用|引入|基于|运用)[^，。；,;\n]{1,20}?(?:技术|算法|模型|方案|系统|平台|方法|网络)"
    r"|(?:开发|研制|搭建|建设)一[套个种][^，。；,;\n]{0,20}?(?:系统|平台|软件|装置|设备)|解决方案[是为：:]"
    r"|\b(?:we (?:will|want to|plan to) (?:use|build|develop|install|introduce)|by (?:using|means of)"
    r"|(?:our|the) solution (?:is|will|would)|based on (?:deep|machine|neural|artificial|blockchain|ai\b)"
    r"|(?:develop|build) (?:a|an) [\w -]{0,40}?(?:system|platform|app|software|device))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。！？!?;；\n]+|\.(?=\s|$)")
SAME_LENGTH = 12  # a confidential sentence from this length on is looked for in the public part
SMALL = 1_000  # no need is solved for less, in main units: a slip of 元 for 万元
# Kind of what the finder finds -> the sign; all else that leads to a seeker names it.
_SIGNS = {
    **dict.fromkeys(("email", "website", "phone"), "contact"),
    "contact": "names_person",
    "address": "address",
    "credit_code": "registration_code",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One sign: its code, the field or row it is in, and the words that gave it."""

    code: str
    where: str
    words: str = ""


def hints(content: Content, traces: Sequence[Trace], files: Sequence[str] = ()) -> list[Hint]:
    """Signs in a requirement; `traces` lead to its seeker, `files` are names that everyone reads."""
    places = list(identity.places(content, files))
    return [
        *_identity(content, traces, places),
        *_repeated(content, places),
        *_indicators(content),
        *_solutions(content),
        *_vague(content),
        *_figures(content),
        *_languages(content),
    ]


def _identity(content: Content, traces: Sequence[Trace], places: Sequence[Place]) -> Iterator[Hint]:
    """A telephone, an address, a code, the contact; who is anonymous also by its names. Each once a place."""
    contact = redaction.traces_of((), people=[("contact", content.contact_name)])
    seen = set()
    for found in redaction.findings(places, [*contact, *(traces if content.anonymous else ())]):
        code = _SIGNS.get(found.kind, "names_seeker")
        if found.kind != "county" and (code, found.where) not in seen:
            seen.add((code, found.where))
            yield Hint(code, found.where, found.words)


def _repeated(content: Content, places: Sequence[Place]) -> Iterator[Hint]:
    secrets = [part.strip() for part in _SENTENCE.split(content.confidential_part)]
    for place in places:
        lowered = place.text.lower()
        for secret in secrets:
            if len(secret) >= SAME_LENGTH and secret.lower() in lowered:
                yield Hint("confidential_repeated", place.where, secret[:60])


def _indicators(content: Content) -> Iterator[Hint]:
    for place, row in enumerate(content.indicators, start=1):
        where, name = f"indicator {place}", row.name_zh or row.name_en
        if row.comparison == "yes":
            yield Hint("without_number", where, name)
        elif not any(map(str.isdigit, row.target)):
            yield Hint("without_target", where, name)
        elif not row.unit:
            yield Hint("without_unit", where, name)
    if content.indicators and all(row.level == "should" for row in content.indicators):
        yield Hint("nothing_must", "indicators")


def _solutions(content: Content) -> Iterator[Hint]:
    for name in ("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en"):
        found = SOLUTION.search(getattr(content, name))
        if found:
            yield Hint("solution", name, found[0])


def _vague(content: Content) -> Iterator[Hint]:
    for place in identity.places(content):
        words = list(dict.fromkeys(match[0] for match in VAGUE.finditer(place.text)))
        if words:
            yield Hint("vague", place.where, ", ".join(words[:5]))


def _figures(content: Content) -> Iterator[Hint]:
    problem = content.problem_zh + content.problem_en
    if problem and not any(map(str.isdigit, problem)):
        yield Hint("no_figure", "problem_zh" if content.problem_zh else "problem_en")
    most = content.budget_max_minor or content.budget_min_minor
    if most is not None and 0 < most < SMALL * 10 ** minor_digits(content.currency):
        yield Hint("budget_small", "budget_max")


def _languages(content: Content) -> Iterator[Hint]:
    for name in ("title", "problem"):
        for language in ("zh", "en"):
            other = getattr(content, f"{name}_{'en' if language == 'zh' else 'zh'}")
            if other and not getattr(content, f"{name}_{language}"):
                yield Hint("one_language_only", f"{name}_{language}")
    titled = content.title_zh or content.title_en
    if titled and content.budget_min_minor is None and content.budget_max_minor is None:
        yield Hint("budget_open", "budget_max")
