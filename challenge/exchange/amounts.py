"""Sums of money as announcements write them: `$250,000`, `Up to $1.5 million`, `10-50k EUR`, 60 万元."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from challenge.exchange.readings import Amount, Guess, Loss, Scrap
from challenge.rules.money import to_minor

_SCALES = {
    **dict.fromkeys(("k", "thousand", "千"), 3),
    **dict.fromkeys(("万", "萬"), 4),
    **dict.fromkeys(("m", "mm", "mn", "mil", "mln", "million", "百万"), 6),
    "千万": 7,
    **dict.fromkeys(("亿", "億"), 8),
    **dict.fromkeys(("b", "bn", "bln", "billion"), 9),
    **dict.fromkeys(("t", "tn", "trillion"), 12),
}
_CURRENCIES = {
    **dict.fromkeys(("us$", "u.s.$", "usd", "us dollars", "u.s. dollars"), "USD"),
    **dict.fromkeys(("c$", "ca$", "cad"), "CAD"),
    **dict.fromkeys(("a$", "au$", "aud"), "AUD"),
    **dict.fromkeys(("nz$", "nzd"), "NZD"),
    **dict.fromkeys(("hk$", "hkd"), "HKD"),
    **dict.fromkeys(("s$", "sgd"), "SGD"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "gbp", "pounds"), "GBP"),
    **dict.fromkeys(("cny", "rmb", "cn¥", "yuan", "元", "元人民币", "人民币"), "CNY"),
    **dict.fromkeys(("jpy", "jp¥", "yen", "円", "日元"), "JPY"),
    **dict.fromkeys(("₹", "inr", "rs.", "rupees"), "INR"),
    **dict.fromkeys(("₩", "krw"), "KRW"),
    "chf": "CHF",
}
_VAGUE = {"$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD"), "¥": ("CNY", "JPY")}
"""Signs of several currencies; the source's own is meant where it is among them, else the first."""
_VAGUE_WORDS = {"dollars": "$", "dollar": "$", "us": "$", "u.s.": "$"}


def _any(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(
        re.escape(word) + ("(?![a-z])" if "a" <= word[-1] <= "z" else "") for word in longest_first
    )


_SIGN = _any([*_CURRENCIES, *_VAGUE])
_SUM = re.compile(
    rf"(?:(?<![a-z])(?P<before>{_SIGN})\s*)?(?P<minus>(?<![\w)\s])-|(?<=\s)-(?=\d)|^-)?"
    rf"(?:(?<![a-z.])(?P<inner>{_SIGN})\s*)?"
    r"(?<![\d.,])(?P<figure>\d{1,3}(?:[ '’]\d{3})+(?![\d])|\d(?:[\d,.]*\d)?|\.\d+)"
    rf"(?:\s*-?\s*(?P<scale>{_any(list(_SCALES))}))?"
    rf"(?:\s*(?P<after>{_any([*_CURRENCIES, *_VAGUE_WORDS, '€', '£', '$'])}))?"
)
_JOIN = re.compile(r"\s*(?:-|~|to|through|up to|至|到|and|or)\s*(?:a maximum of\s*)?")
_SPELLED_OUT = {
    "half a": "0.5", "a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twenty": "20", "fifty": "50",
}  # fmt: skip
_SPELLED = re.compile(rf"(?<![a-z])({'|'.join(_SPELLED_OUT)})(?=[ -](?:thousand|million|billion)(?![a-z]))")
_TOTAL = re.compile(r"(?:total[a-z]*|=|purse|pool)[^=\d]*$")
_TOTAL_AFTER = re.compile(r"\)?\s*(?:in\s+)?(?:total|(?:cash\s+)?prize (?:pool|purse))")
_QUALIFIERS = (
    (
        "up_to",
        re.compile(
            r"up\s?to|(?:a )?max(?:imum)?(?: of)?\b|not to exceed|no more than|as much as|不超过|最高"
        ),
    ),
    (
        "at_least",
        re.compile(r"at least|min(?:imum)?(?: of)?\b|more than|over\b|from\b|starting at|\+(?!\d)|不低于"),
    ),
    (
        "approximate",
        re.compile(r"approx(?:imately|\.)?|about\b|around\b|est(?:imated|\.)?\b|nearly|roughly|~|约"),
    ),
    ("each", re.compile(r"(?:for )?each\b|per (?:winner|team|award|prize)\b|apiece")),
)
_NON_CASH = re.compile(
    r"non-?\s?(?:cash|monetary)|in-?kind|recognition|no (?:cash|monetary|prize)|honou?r|publicity|trophy"
    r"|medal|certificate|(?:cloud )?credits?\b|travel|mentor"
)
_UNDECIDED = re.compile(
    r"(?<![a-z])(?:tbd|tba|tbc|to be (?:determined|announced|decided)|n/?a|none|varies)(?![a-z])|待定|面议"
)
_IDLE_WORDS = (
    "a an and between cash for from in is of or prize prizes purse the to total totaling totalling award"
    " awards awarded pool amount money funding offered worth value available be will usd dollars us u s with"
)
_IDLE = frozenset(_IDLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Sum:
    """One sum found in a text."""

    start: int
    stop: int
    written: str
    figure: Decimal
    scale: int | None
    sign: str | None
    minus: bool
    guesses: tuple[Guess, ...]

    @property
    def marked(self) -> bool:
        """Whether a currency or a scale says that this figure is money."""
        return self.sign is not None or self.scale is not None

    @property
    def value(self) -> Decimal:
        return self.figure.scaleb(self.scale or 0)


def read_amount(text: str, currency: str = "USD") -> Amount:
    """The sum a text names, in minor units. Never raises, whatever the text.

    `currency` is the source's own, for figures without one. Of a range the upper end counts, of
    several sums the one called the total, or else the largest.

    Guesses: no_currency, currency, up_to, at_least, approximate, each, range, several_amounts, grouping,
    decimal_comma, rounded. Losses: empty, undecided, non_cash, unread, cut, other_amount, negative,
    too_large. Without an amount there is always one.
    """
    scrap = Scrap(text)
    if not scrap.rest:
        return Amount(None, currency, losses=(Loss("empty"),))
    scrap.rest = whole = _SPELLED.sub(lambda match: _SPELLED_OUT[match[1]], scrap.rest)
    sums = _sums(whole)
    if not sums:
        return Amount(None, currency, losses=(_why_none(whole, text),))
    chosen, low, guesses, others = _choose(sums, whole)
    for found in others:
        scrap.blank(found.start, found.stop)
    scrap.blank((low or chosen).start, chosen.stop)
    said = [Guess(code, m[0].strip()) for code, pattern in _QUALIFIERS for m in scrap.take_all(pattern)[:1]]
    guesses += [guess for guess in said if low is None or guess.code != "at_least"]
    losses = [Loss("other_amount", other.written) for other in others]
    losses += [Loss("non_cash", m[0]) for m in scrap.take_all(_NON_CASH)[:1]]
    losses += scrap.losses(_IDLE)
    if low is not None and chosen.sign is None:
        chosen = replace(chosen, sign=low.sign)
    return _settled(chosen, currency, guesses, losses)


def _settled(chosen: _Sum, currency: str, guesses: list[Guess], losses: list[Loss]) -> Amount:
    """The chosen sum in its currency's minor units."""
    code, more = _currency(chosen.sign, currency)
    if chosen.minus:
        return Amount(None, code, tuple(guesses), (Loss("negative", chosen.written), *losses))
    minor = to_minor(chosen.value, code)
    if minor is None:
        return Amount(None, code, tuple(guesses), (Loss("too_large", chosen.written), *losses))
    rounded = () if minor[1] else (Guess("rounded", chosen.written),)
    return Amount(minor[0], code, (*more, *chosen.guesses, *guesses, *rounded), tuple(losses))


def _why_none(whole: str, text: str) -> Loss:
    written = " ".join(text[:100].split())
    if _UNDECIDED.search(whole):
        return Loss("undecided", written)
    return Loss("non_cash" if _NON_CASH.search(whole) else "unread", written)


def _currency(sign: str | None, own: str) -> tuple[str, list[Guess]]:
    if sign is None:
        return own, [Guess("no_currency", own)]
    if sign in _CURRENCIES:
        return _CURRENCIES[sign], []
    family = _VAGUE[_VAGUE_WORDS.get(sign, sign)]
    if sign.startswith("u"):
        return "USD", []
    code = own if own in family else family[0]
    return code, ([Guess("currency", code)] if sign == "¥" or code != own else [])


def _sums(text: str) -> list[_Sum]:
    """The sums in the text: marked figures and what a range joins to them, or a lone plain figure."""
    found = [one for match in _SUM.finditer(text) if (one := _sum(match)) is not None]
    if any(one.marked for one in found):
        return [
            one
            for i, one in enumerate(found)
            if one.marked
            or (i + 1 < len(found) and found[i + 1].marked and _joined(text, one, found[i + 1]))
            or (i > 0 and found[i - 1].marked and _joined(text, found[i - 1], one))
        ]
    return found if found and _only_figures(text, found) else []


def _only_figures(text: str, found: list[_Sum]) -> bool:
    """Whether the text is one plain figure or one plain range, apart from words that qualify it."""
    scrap = Scrap(text)
    for one in found:
        scrap.blank(one.start, one.stop)
    for _, pattern in _QUALIFIERS:
        scrap.take_all(pattern)
    alone = len(found) == 1 or (len(found) == 2 and _joined(text, *found))
    return alone and not scrap.losses(_IDLE)


def _joined(text: str, one: _Sum, other: _Sum) -> bool:
    return _JOIN.fullmatch(text[one.stop : other.start]) is not None


def _sum(match: re.Match[str]) -> _Sum | None:
    scale = match["scale"]
    sign = match["before"] or match["inner"] or match["after"]
    figure, guesses = _figure(match["figure"], scaled=scale is not None)
    if figure is None:
        return None
    return _Sum(
        match.start(), match.end(), match[0].strip(), figure,
        _SCALES[scale] if scale else None, sign, match["minus"] is not None, guesses,
    )  # fmt: skip


def _figure(written: str, *, scaled: bool) -> tuple[Decimal | None, tuple[Guess, ...]]:
    """The number written, whichever mark groups and whichever divides."""
    plain = written.replace(" ", "").replace("'", "").replace("’", "")
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return Decimal(plain), ()
    mark, tail = plain[last], plain[last + 1 :]
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+", plain) is not None
    one_kind = len(set(plain) & {",", "."}) == 1
    digits = plain.replace(",", "").replace(".", "")
    if one_kind and grouped and not (mark == "." and (scaled or plain.startswith("0"))):
        return Decimal(digits), (() if mark == "," else (Guess("grouping", written),))
    if one_kind and plain.count(mark) > 1:  # 1,00,000 and mistyped groups
        return Decimal(digits), (Guess("grouping", written),)
    if mark == "," and one_kind and len(tail) > 2:  # 1000,000
        return Decimal(digits), (Guess("grouping", written),)
    head = plain[:last].replace(",", "").replace(".", "")
    return Decimal(f"{head or 0}.{tail}"), ((Guess("decimal_comma", written),) if mark == "," else ())


def _choose(sums: list[_Sum], text: str) -> tuple[_Sum, _Sum | None, list[Guess], list[_Sum]]:
    """The sum that counts, the lower end of its range, what was guessed, and the sums left out."""
    totals = [s for s in sums if _TOTAL.search(text[: s.start]) or _TOTAL_AFTER.match(text[s.stop :])]
    chosen = totals[0] if totals else max(sums, key=lambda one: one.value)
    low, guesses = None, []
    place = sums.index(chosen)
    if place and _joined(text, sums[place - 1], chosen):
        low = sums[place - 1]
        guesses.append(Guess("range", text[low.start : chosen.stop]))
    others = [one for one in sums if one is not chosen and one is not low]
    if others and not totals:
        guesses.append(Guess("several_amounts", chosen.written))
    return chosen, low, guesses, others
