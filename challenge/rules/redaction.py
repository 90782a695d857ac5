"""What in a public text could identify an anonymous seeker, and where it stands: findings, never faults."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from challenge.rules import domains, regions, registration

# Trades and legal forms: what is left of a firm's name without them is what people call it.
_FORMS = re.compile(
    r"(股份|有限|责任|公司|集团|总厂|工厂|厂|研究院|研究所|大学|学院|中心|合作社|事务所)+$"
    r"|[\s,.]*\b(co|ltd|limited|inc|corp|corporation|company|gmbh|llc|plc|group|holdings?)\b\.?",
    re.IGNORECASE,
)
_TRADES = re.compile(
    r"(科技|技术|实业|工业|铝业|钢铁|矿业|化工|机械|电子|电气|电力|能源|材料|新材料|制药|药业|生物|食品|农业|乳业|"
    r"种业|纺织|建材|建设|工程|装备|设备|仪器|智能|信息|软件|网络|环保|水泥|玻璃|汽车|石油|化学|贸易|发展|投资)+$"
)
_PLACES = "|".join(
    sorted({name for name, _ in (*regions.PROVINCES.values(), *regions.PREFECTURES.values())}, key=len)[::-1]
)
_HOME = re.compile(rf"^(?:(?:{_PLACES})(?:壮族自治区|自治区|省|市|州|盟)?)+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SITE = re.compile(r"(?:https?://|\bwww\.)[^\s，。；、）)]+", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\d-])(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|\+86[- ]?\d[\d -]{8,13}\d"
    r"|[48]00[- ]?\d{3}[- ]?\d{4})(?!\d)"
)
ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:路|街|大道|巷|弄)\s*\d+\s*[号弄栋幢]"
    r"|\b\d+\s+(?:[A-Z]\w+\s+){1,3}(?:Road|Street|Avenue|Boulevard|Rd|St|Ave)\b"
)
COUNTY = re.compile(
    rf"(?:{_PLACES})(?:省|市|州|地区|盟)?[\u4e00-\u9fff]{{1,5}}?(?:县|旗|镇|乡|街道|(?<!地)区(?!域|间|分))"
    r"|\b[A-Z][a-z]+(?:[ '’-][A-Z]?[a-z]+)? (?:County|District|Township)\b"
)
CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])", re.IGNORECASE)
_PATTERNS = (
    *(("email", EMAIL), ("website", SITE), ("phone", PHONE), ("address", ADDRESS), ("county", COUNTY)),
    ("credit_code", CODE),
)
AROUND = 14  # characters shown on either side
LEAST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that leads to the seeker: of a kind, and the words themselves."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of what everyone reads: where it is, and what stands there."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What could identify the seeker: its kind, the place, and the words with what stands around them."""

    kind: str
    where: str
    words: str
    before: str = ""
    after: str = ""

    @property
    def key(self) -> str:
        """By which it is known again: the same words at the same place, however often they stand there."""
        whole = "\n".join((self.kind, self.where, folded(self.words)))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def folded(text: str) -> str:
    """The text as it is compared: one width, one case, character by character as it was."""
    return "".join(_letter(each) for each in text)


def _letter(each: str) -> str:
    plain = unicodedata.normalize("NFKC", each).lower()
    return plain if len(plain) == 1 else each


def traces_of(
    names: Sequence[str],
    aliases: Sequence[str] = (),
    people: Iterable[tuple[str, str]] = (),
    addresses: Iterable[str] = (),
    marks: Iterable[str] = (),
) -> list[Trace]:
    """What leads to an organization: its names also in short, people as (kind, name), its mail domains."""
    found = [Trace("name", each) for each in names] + [Trace("alias", each) for each in aliases]
    for name in (*names, *aliases):
        found += [Trace("short_name", each) for each in shortened(name)]
    found += [Trace(kind, name) for kind, name in people]
    for address in addresses:
        domain = domains.registrable(address)
        if domain:
            found += [Trace("domain", domain), Trace("domain", domain.partition(".")[0])]
    found += [Trace("mark", each) for each in marks]
    least = {"domain": 4, "phone": 5}
    return [each for each in dict.fromkeys(found) if len(each.words.strip()) >= least.get(each.kind, 2)]


def shortened(name: str) -> list[str]:
    """By what people call an organization: without legal form, place and trade; a Latin one's initials.

    A place or a trade alone is nobody's name.
    """
    bare = _FORMS.sub("", name).strip(" ,.")
    home = _HOME.sub("", bare)
    core = _TRADES.sub("", home)
    latin = re.findall(r"[A-Z][a-z]+", bare) if name.isascii() else []
    initials = "".join(word[0] for word in latin) if len(latin) > 2 else ""
    called = (bare, home, core) if core else (bare,) if home else ()
    known = [each for each in (*called, initials) if len(each) > 1 and each != name]
    return list(dict.fromkeys(known))


def findings(places: Iterable[Place], traces: Sequence[Trace], region: str = "") -> list[Finding]:
    """All that could identify the seeker, place by place; each words once at a place, the longest there."""
    found = [each for place in places for each in _in_place(place, traces)]
    if regions.known(region) and not region.endswith("00"):
        found.append(Finding("county", "region", region))
    return list({each.key: each for each in reversed(found)}.values())[::-1]


def veiled(text: str, traces: Sequence[Trace], bar: str) -> str:
    """The text with a bar in place of all that could identify the seeker."""
    hidden = [False] * len(text)
    for _kind, start, end in _spans(text, traces):
        hidden[start:end] = [True] * (end - start)
    runs = groupby(zip(hidden, text, strict=True), key=itemgetter(0))
    return "".join(bar if gone else "".join(letter for _gone, letter in run) for gone, run in runs)


def _in_place(place: Place, traces: Sequence[Trace]) -> Iterator[Finding]:
    taken = [False] * len(place.text)
    # The longest of what overlaps; of two alike the one that says more of whose it is.
    kept = []
    for kind, start, end in sorted(_spans(place.text, traces), key=lambda span: (span[1] - span[2], span[1])):
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            kept.append((start, end, kind))
    for start, end, kind in sorted(kept):
        before, after = place.text[max(0, start - AROUND) : start], place.text[end : end + AROUND]
        yield Finding(kind, place.where, place.text[start:end], _flat(before), _flat(after))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


Span = tuple[str, int, int]


def _spans(written: str, traces: Sequence[Trace]) -> list[Span]:
    text = folded(written)
    return [*_by_pattern(written), *_numbers(text, traces), *_by_trace(text, written, traces)]


def _by_trace(text: str, written: str, traces: Sequence[Trace]) -> Iterator[Span]:
    for trace in traces:
        wanted = folded(trace.words.strip())
        initials = trace.kind == "short_name" and trace.words.isupper() and trace.words.isascii()
        start = text.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if _whole(text, start, end) and (not initials or written[start:end].isupper()):
                yield trace.kind, start, end
            start = text.find(wanted, start + 1)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin word is not a part of a longer one; Chinese is written without gaps."""

    def joins(outer: str, inner: str) -> bool:
        return outer.isascii() and outer.isalnum() and inner.isascii() and inner.isalnum()

    left = start > 0 and joins(text[start - 1], text[start])
    right = end < len(text) and joins(text[end], text[end - 1])
    return not left and not right


def _by_pattern(text: str) -> Iterator[Span]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind != "credit_code" or _is_code(match[0].upper()):
                yield kind, match.start(), match.end()


def _is_code(code: str) -> bool:
    return registration.check_character(code[:-1]) == code[-1]


def _numbers(text: str, traces: Sequence[Trace]) -> Iterator[Span]:
    """The seeker's own numbers, however they are grouped: their last figures in a row."""
    for trace in traces:
        digits = re.sub(r"\D", "", folded(trace.words))[-LEAST_DIGITS:]
        if trace.kind == "phone" and len(digits) == LEAST_DIGITS:
            grouped = r"[\s()-]{0,2}".join(digits)
            for match in re.finditer(rf"(?<!\d)(?:[+(]?[\d\s()-]{{0,8}})?{grouped}(?!\d)", text):
                yield "phone", match.start() + len(match[0]) - len(match[0].lstrip()), match.end()
