"""Conflicts of interest: which kinds there are, which are certain, how long ties count, how names compare."""

from __future__ import annotations

import datetime as dt
import unicodedata

# What ties people and organizations, whoever said so. Of the first, people tell themselves.
TOLD = ("co_author", "agreement", "family", "co_team", "former_employer", "equity")
TIES = ("agreement", "co_author", "co_team", "equity", "family", "former_employer")
# What happened at some time: whoever says it says when, and organizers may bring it as a file.
PAST = ("agreement", "co_author")
FIRST_YEAR = 1950

# Certain from the data alone, the gravest first. "alias": two records of one organization, by an alias.
HARD = ("team", "family", "organization", "alias", "seeker", "equity", "domain", "declared")
# For a person to confirm or dismiss.
SOFT = ("affiliation", "former_employer", "co_team", "agreement", "co_author", "told")
KINDS = HARD + SOFT
YEARS = 3
# What people write where nothing is asked of them, as `name_key` gives it.
SAYS_NOTHING = frozenset(
    {
        "",
        "na",
        "none",
        "no",
        "nil",
        "self",
        "selfemployed",
        "freelance",
        "individual",
        "无",
        "个人",
        "自由职业",
    }
)


def gravest(kinds: frozenset[str] | set[str]) -> str | None:
    """The one to name where there are several."""
    return min(kinds, key=KINDS.index, default=None)


def counts(kind: str, until: dt.date | None, today: dt.date) -> bool:
    """Whether a tie still says something: family always, all others for three years after they ended."""
    if kind == "family" or until is None:
        return True
    return until >= _years_before(today, YEARS)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def name_key(name: str) -> str:
    """How a name is compared: letters and figures alone, width and case alike; '' says nothing."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in plain if each.isalnum())
