"""Signs in a requirement that whoever writes or screens it should look at: not faults; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from challenge.requirements.content import Content
from challenge.rules import regions, registration
from challenge.rules.money import minor_digits

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
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|https?://\S+|\bwww\.\S+"
    r"|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
)
ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:路|街|大道|巷|弄)\s*\d+\s*[号弄栋幢]"
    r"|\b\d+\s+(?:[A-Z]\w+\s+){1,3}(?:Road|Street|Avenue|Boulevard|Rd|St|Ave)\b"
)
_CREDIT_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
# What is left of an organization's name without these still names it.
_FORMS = re.compile(
    r"(股份|有限|责任|公司|集团|研究院|研究所|大学|学院|中心)+$|[\s,.]*\b(co|ltd|inc|corp|gmbh|llc|plc|group)\b\.?",
    re.IGNORECASE,
)
_HOME = re.compile(
    "^(?:(?:" + "|".join(sorted({name for name, _ in regions.PROVINCES.values()})) + ")(?:省|市|自治区)?)?"
    "(?:(?:" + "|".join(sorted({name for name, _ in regions.PREFECTURES.values()})) + ")市?)?"
)
_SENTENCE = re.compile(r"[。！？!?;；\n]+|\.(?=\s|$)")
SAME_LENGTH = 12  # a confidential sentence from this length on is looked for in the public part
SMALL = 1_000  # no need is solved for less, in main units: a slip of 元 for 万元
PUBLIC_TEXTS = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en"),
    *("goals", "partners", "ip_wish"),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One sign: its code, the field or row it is in, and the words that gave it."""

    code: str
    where: str
    words: str = ""


def hints(content: Content, names: Sequence[str], files: Sequence[str] = ()) -> list[Hint]:
    """Signs in a requirement; `names` would give its seeker away, `files` are names that everyone reads."""
    return [
        *_leaks(content, names, files),
        *_indicators(content),
        *_solutions(content),
        *_vague(content),
        *_figures(content),
        *_languages(content),
    ]


def names_of(name: str, name_en: str | None, people: Sequence[str], aliases: Sequence[str] = ()) -> list[str]:
    """By what an organization is known: its names, also without legal form and place, and its people's."""
    full = [name, *([name_en] if name_en else []), *aliases]
    short = [_FORMS.sub("", each).strip() for each in full]
    bare = [_HOME.sub("", each) for each in short]
    found = {*full, *short, *(each for each in bare if len(each) > 2), *people}
    return sorted({each for each in found if len(each) > 1}, key=len, reverse=True)


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    for name in PUBLIC_TEXTS:
        yield name, getattr(content, name)
    for word in content.keywords:
        yield "keywords", word
    for place, row in enumerate(content.indicators, start=1):
        yield f"indicator {place}", f"{row.name_zh} {row.name_en}"


def _leaks(content: Content, names: Sequence[str], files: Sequence[str]) -> Iterator[Hint]:
    secrets = [part.strip() for part in _SENTENCE.split(content.confidential_part)]
    for where, text in (*_texts(content), *(("files", name) for name in files)):
        lowered = text.lower()
        if content.anonymous:
            found = next((name for name in names if name.lower() in lowered), None)
            if found:
                yield Hint("names_seeker", where, found)
        yield from _numbers(content, where, text)
        for secret in secrets:
            if len(secret) >= SAME_LENGTH and secret.lower() in lowered:
                yield Hint("confidential_repeated", where, secret[:60])


def _numbers(content: Content, where: str, text: str) -> Iterator[Hint]:
    """A telephone, an address, a code, the name of the contact: they name the seeker whatever its name is."""
    contact = CONTACT.search(text)
    if contact:
        yield Hint("contact", where, contact[0])
    if len(content.contact_name) > 1 and content.contact_name.lower() in text.lower():
        yield Hint("names_person", where, content.contact_name)
    address = ADDRESS.search(text)
    if address:
        yield Hint("address", where, address[0])
    for code in _CREDIT_CODE.findall(text.upper()):
        if registration.check_character(code[:-1]) == code[-1]:
            yield Hint("registration_code", where, code)


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
    for where, text in _texts(content):
        words = list(dict.fromkeys(match[0] for match in VAGUE.finditer(text)))
        if words:
            yield Hint("vague", where, ", ".join(words[:5]))


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
