"""The doors of the organizer's rooms: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.organize import (
    agreements,
    anew,
    announcements,
    assignment_runs,
    assignments,
    audit,
    auditors,
    award_certificates,
    award_shares,
    awards,
    branch_desk,
    branches,
    brokers,
    cases,
    changes,
    conflicts,
    contacts,
    course_people,
    courses,
    deadline,
    diagnoses,
    differences,
    discussion,
    distribution,
    docking,
    entry,
    explained,
    feedback,
    first_round,
    form_bench,
    form_force,
    form_parts,
    form_sources,
    forum,
    groups,
    judges,
    judging,
    letters,
    likeness,
    matches,
    ndas,
    objections,
    on_site,
    organizers,
    overrides,
    panel,
    past_ties,
    phases,
    posting,
    prize_limits,
    prizes,
    programme_pages,
    programme_parts,
    programmes,
    questions,
    ranking,
    release,
    resources,
    rounds,
    screening,
    sending,
    settings,
    stories,
    submissions,
    teammates,
    texts,
    themes,
    ties,
    vote,
    ways,
    what_if,
    workbooks,
)

MODULES = (
    *(
        programmes,
        organizers,
        auditors,
        brokers,
        past_ties,
        rounds,
        settings,
        first_round,
        entry,
        texts,
        themes,
        prizes,
        prize_limits,
        resources,
        ndas,
    ),
    *(programme_pages, programme_parts, forum),
    *(announcements, groups, letters, overrides, audit),
    *(form_bench, form_parts, form_sources, form_force),
    *(branches, branch_desk, diagnoses, changes),
    *(courses, course_people),
    *(posting, screening, matches, questions, teammates, submissions, likeness, deadline, cases, differences),
    *(distribution, sending, contacts, docking),
    *(phases, ways, vote, judging, panel, conflicts, assignments, assignment_runs, workbooks),
    *(on_site, discussion, judges, ranking, ties, what_if, explained, feedback),
    *(awards, award_shares, release, objections),
    *(award_certificates, anew),
    *(agreements, stories),
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
