"""A search as it stands in an address, read: what is none of ours is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from challenge.rules.money import parse_amount
from challenge.rules.regions import PROVINCES
from challenge.rules.stages import Stage
from challenge.search.finding import LEVELS, Asked
from challenge.search.models import KINDS

LONGEST = 100
STAGES = tuple(each.value for each in Stage if each is not Stage.DRAFT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as the address gives it, and what of it could not be read."""

    asked: Asked
    low: str = ""
    high: str = ""
    unread: tuple[str, ...] = ()

    def query(self, **more: object) -> str:
        """The search as the query of an address, with what else is to stand there."""
        asked = self.asked
        values: dict[str, object] = {
            "q": asked.text,
            "kind": asked.kind,
            "field": asked.field,
            "region": asked.region,
            "stage": asked.stage,
            "trl": asked.trl or "",
            "from": self.low if asked.low_minor is not None else "",
            "to": self.high if asked.high_minor is not None else "",
            **more,
        }
        return urlencode({name: value for name, value in values.items() if value})


def asked(query: str) -> Asked:
    """What a kept query asks for; it was read once before it was kept."""
    args = dict(parse_qsl(query))
    return wanted(args, (args.get("field", ""),)).asked


def wanted(args: Mapping[str, str], fields: Collection[str]) -> Wanted:
    """The search that an address says, in one of these fields; budgets are in ten thousands of yuan."""
    unread: list[str] = []
    sums: dict[str, tuple[str, int | None]] = {}
    for name in ("from", "to"):
        typed = args.get(name, "").strip()[:30]
        amount = parse_amount(typed, "wan") if typed else None
        if isinstance(amount, str):
            unread.append(typed)
        sums[name] = (typed, amount if isinstance(amount, int) else None)
    trl = args.get("trl", "")
    found = Asked(
        text=args.get("q", "").replace("\0", "").strip()[:LONGEST],
        kind=_among(args.get("kind", ""), KINDS),
        field=_among(args.get("field", ""), fields),
        region=_among(args.get("region", ""), tuple(PROVINCES)),
        stage=_among(args.get("stage", ""), STAGES),
        trl=int(trl) if trl in map(str, LEVELS) else None,
        low_minor=sums["from"][1],
        high_minor=sums["to"][1],
    )
    return Wanted(found, sums["from"][0], sums["to"][0], tuple(unread))


def _among(text: str, known: Collection[str]) -> str:
    return text if text in known else ""
