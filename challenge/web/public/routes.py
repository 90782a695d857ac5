"""The doors of the public site: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.public import (
    achievements,
    answers,
    calendars,
    certificates,
    confidential,
    experts,
    feeds,
    forum,
    gallery,
    health,
    home,
    lists,
    news,
    objecting,
    programme,
    questions,
    requirement,
    resources,
    results,
    rounds,
    search,
    share,
    stories,
    teammates,
    texts,
    verify,
    versions,
    vote,
    wishes,
)

MODULES = (
    *(achievements, experts, gallery, health, home, lists, rounds, requirement, questions, search, feeds),
    *(resources, teammates, confidential),
    *(results, stories, objecting, vote, texts, verify),
    *(answers, share, wishes),
    *(versions, certificates),
    *(programme, news, calendars, forum),
)


def _merged() -> dict[str, dict[str, Action]]:
    table: dict[str, dict[str, Action]] = {}
    for module in MODULES:
        twice = table.keys() & module.ROUTES.keys()
        if twice:
            raise RuntimeError(f"{module.__name__} names doors that another module has: {sorted(twice)}")
        table.update(module.ROUTES)
    return table


ROUTES = _merged()
