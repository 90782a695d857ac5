"""The search for conflicts of interest, with the evidence: what is certain, and what a person must look at.

What is certain here is what `conflicts` asks the database for, kind by kind; the tests hold the two together.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from challenge.judging.traces import Behind, Judge, World
from challenge.rules.conflicts import SAYS_NOTHING, counts, name_key
from challenge.rules.domains import registrable
from challenge.ties.models import Tie

Evidence = dict[str, Any]
Key = tuple[int, int, str]
"""(panel judge, submission, kind)"""
# What somebody else says of a judge is of the same kind as if the judge had said it.
_BOTH_SAY = ("co_author", "co_team", "agreement")
# A code in a piece of evidence says which sentence it is; names of people and organizations stand beside it.


def find(world: World, today: dt.date) -> Mapping[Key, list[Evidence]]:
    """Every tie of each judge to each entry, with what shows it."""
    entries = _Entries(world)
    found: dict[Key, list[Evidence]] = defaultdict(list)
    for judge in world.judges:
        for entry, kind, evidence in _of_judge(judge, world, entries, today):
            if evidence not in found[judge.id, entry, kind]:
                found[judge.id, entry, kind].append(evidence)
    for judge_id, entry, kind in list(found):
        # One organization is certain already; that its name is the same adds nothing.
        certain = {(judge_id, entry, each) for each in ("organization", "alias")}
        if kind == "affiliation" and certain & found.keys():
            del found[judge_id, entry, kind]
    return found


class _Entries:
    """The people and organizations behind the entries, to be looked up by whatever a judge shares."""

    def __init__(self, world: World) -> None:
        self.by_user: dict[int, list[Behind]] = defaultdict(list)
        self.by_email: dict[str, list[Behind]] = defaultdict(list)
        self.by_domain: dict[str, list[Behind]] = defaultdict(list)
        self.by_name: dict[str, list[Behind]] = defaultdict(list)
        self.by_affiliation: dict[str, list[tuple[int, str]]] = defaultdict(list)  # entry, who
        self.by_organization: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.by_seeker: dict[int, list[int]] = defaultdict(list)
        for entry, organization in world.organization_of.items():
            if organization is not None:
                self.by_organization[organization].append((entry, ""))
        for entry, seeker in world.seeker_of.items():
            if seeker is not None:
                self.by_seeker[seeker].append(entry)
        for each in world.people:
            self._add(each, world)
        self.by_key: dict[str, list[int]] = defaultdict(list)  # a name -> the organizations behind entries
        for organization, behind in self.by_organization.items():
            for key in sorted(_keys(world, organization)):
                self.by_affiliation[key] += behind
                self.by_key[key].append(organization)
        self.below: dict[int, list[int]] = defaultdict(list)
        for number, parent in world.parents.items():
            if parent is not None:
                self.below[parent].append(number)

    def _add(self, each: Behind, world: World) -> None:
        if each.user_id is not None:
            self.by_user[each.user_id].append(each)
        self.by_name[name_key(each.name)].append(each)
        self.by_affiliation[name_key(each.affiliation)].append((each.entry, each.name))
        if not each.email:
            return  # an owner who is not in the team stands by the account alone, as in `conflicts`
        for organization in world.homes.get(each.user_id or 0, ()):
            self.by_organization[organization].append((each.entry, each.name))
        self.by_email[each.email].append(each)
        labels = each.email.rpartition("@")[2].split(".")
        for place in range(len(labels)):
            self.by_domain[".".join(labels[place:])].append(each)

    def whom(self, user_id: int | None, email: str) -> list[Behind]:
        """The people behind entries whom a tie names by account or address."""
        found = list(self.by_user.get(user_id, ())) if user_id is not None else []
        return found + [each for each in self.by_email.get(email, ()) if email and each not in found]

    def of_place(self, tie: Tie) -> list[int]:
        """The entries of the organization that a tie names, and those that answer its requirements."""
        number = tie.organization_id
        if number is None:
            return [entry for entry, _ in self.by_affiliation.get(name_key(tie.organization_name), ())]
        return [entry for entry, _ in self.by_organization.get(number, ())] + self.by_seeker.get(number, [])


Found = Iterator[tuple[int, str, Evidence]]


def _of_judge(judge: Judge, world: World, entries: _Entries, today: dt.date) -> Found:
    kin = _kin(world, entries.below, world.homes.get(judge.user_id, ()))
    yield from _certain(judge, world, entries, kin)
    yield from _by_names(judge, world, entries, kin)
    for tie, file in world.ties:
        if counts(tie.kind, tie.until, today):
            if file:
                yield from _stated(judge, tie, file, world, entries, kin)
            else:
                yield from _told(judge, tie, world, entries, kin)
            yield from _between(tie, file, world, entries, kin)
    for shared in world.shared:
        if shared.judge_user == judge.user_id and counts("co_team", shared.on, today):
            team = {"code": "co_team", "entry": shared.code, "round": [shared.round_zh, shared.round_en]}
            same = entries.by_user.get(shared.user_id or 0, ()), entries.by_email.get(shared.email, ())
            for each in (*same[0], *same[1]):
                yield each.entry, "co_team", {**team, "who": each.name}


def _certain(judge: Judge, world: World, entries: _Entries, kin: Mapping[int, Sequence[str]]) -> Found:
    """What accounts, organizations, addresses and earlier declarations show."""
    for each in [*entries.by_user.get(judge.user_id, ()), *entries.by_email.get(judge.email, ())]:
        yield each.entry, "team", {"code": "team", "who": each.name}
    for organization, path in kin.items():
        for entry, who in entries.by_organization.get(organization, ()):
            yield entry, "organization", {"code": "organization", "path": path, "who": who}
        for entry in entries.by_seeker.get(organization, ()):
            yield entry, "seeker", {"code": "seeker", "path": path}
    domain = registrable(judge.email)
    for each in entries.by_domain.get(domain, ()) if domain else ():
        yield each.entry, "domain", {"code": "domain", "domain": domain, "who": each.name}
    for (judge_id, entry), (number, reason) in world.declared.items():
        if judge_id == judge.id:
            yield entry, "declared", {"code": "declared", "phase": number, "reason": reason}


def _kin(world: World, below: Mapping[int, Sequence[int]], homes: Iterable[int]) -> dict[int, list[str]]:
    """The organizations of a judge, all above and all below them, each with the path of names to it."""
    kin: dict[int, list[str]] = {}
    for home in sorted(homes):
        up: int | None = home
        path: list[str] = []
        while up is not None and up in world.names and len(path) < 50:
            path = [*path, _name(world, up)]
            kin.setdefault(up, path)
            up = world.parents.get(up)
        under = [(home, [_name(world, home)])] if home in world.names else []
        while under:
            number, path = under.pop()
            kin.setdefault(number, path)
            under += [(each, [*path, _name(world, each)]) for each in below.get(number, ()) if len(path) < 50]
    return kin


def _by_names(judge: Judge, world: World, entries: _Entries, kin: Mapping[int, Sequence[str]]) -> Found:
    """The same name: of two records certain by a declared alias, else a likeness to look at."""
    homes = world.homes.get(judge.user_id, ())
    for home in homes:
        mine, aliases = _keys(world, home), {name_key(each) for each in world.aliases.get(home, ())}
        for key in sorted(mine):
            for other in entries.by_key.get(key, ()):
                declared = key in aliases or key in {name_key(each) for each in world.aliases.get(other, ())}
                both = [_name(world, home), _name(world, other)]
                alias = {"code": "alias", "name": _spelled(world, other, key), "both": both}
                for entry, who in entries.by_organization[other] if declared and other not in kin else ():
                    yield entry, "alias", {**alias, "who": who}
    keys = {key for home in homes for key in _keys(world, home)} | {name_key(judge.affiliation)}
    for key in sorted(keys - SAYS_NOTHING):
        for entry, who in entries.by_affiliation.get(key, ()):
            said = judge.affiliation if name_key(judge.affiliation) == key else ""
            names = [said] if said else [_spelled(world, home, key) for home in homes]
            yield (
                entry,
                "affiliation",
                {"code": "affiliation", "name": next(filter(None, names), ""), "who": who},
            )


def _told(judge: Judge, tie: Tie, world: World, entries: _Entries, kin: Mapping[int, Sequence[str]]) -> Found:
    if tie.person_id == judge.user_id:
        yield from _told_by_judge(tie, entries)
    elif tie.person_id is not None and (tie.other_id == judge.user_id or tie.other_email == judge.email):
        kind = tie.kind if tie.kind in _BOTH_SAY else "told"
        for each in entries.by_user.get(tie.person_id, ()):
            yield each.entry, kind, {**_of(tie, "told_by"), "who": each.name}
    elif tie.person_id is not None and tie.organization_id in kin:
        kind = tie.kind if tie.kind in ("former_employer", "agreement") else "told"
        for each in entries.by_user.get(tie.person_id, ()):
            place = _name(world, tie.organization_id or 0)
            yield each.entry, kind, {**_of(tie, "told_by"), "who": each.name, "place": place}


def _between(tie: Tie, file: str, world: World, entries: _Entries, kin: Mapping[int, Sequence[str]]) -> Found:
    """A tie of two organizations, one of them the judge's."""
    ends = (tie.organization_id, tie.other_organization_id)
    for one, other in (ends, ends[::-1]) if all(ends) else ():
        for entry, _who in entries.by_organization.get(other or 0, ()) if one in kin else ():
            both = [_name(world, one or 0), _name(world, other or 0)]
            yield entry, "agreement", {**_of(tie, "agreement", file), "both": both}


def _stated(
    judge: Judge, tie: Tie, file: str, world: World, entries: _Entries, kin: Mapping[int, Sequence[str]]
) -> Found:
    """What a file says of the judge, or of the judge's organization: always for a person to confirm."""
    said = _of(tie, "stated", file)
    mine = [
        (user_id is not None and user_id == judge.user_id) or (email != "" and email == judge.email)
        for user_id, email in ((tie.person_id, tie.person_email), (tie.other_id, tie.other_email))
    ]
    place = _name(world, tie.organization_id or 0) or tie.organization_name
    if mine[0] and place:
        for entry in entries.of_place(tie):
            yield entry, tie.kind, {**said, "place": place}
    elif mine[0]:
        named = entries.by_name.get(name_key(tie.other_name), []) if tie.other_name else []
        for each in (*entries.whom(tie.other_id, tie.other_email), *named):
            yield each.entry, tie.kind, {**said, "who": each.name}
    elif mine[1] or tie.organization_id in kin:
        for each in entries.whom(tie.person_id, tie.person_email):
            yield each.entry, tie.kind, {**said, "who": each.name, "place": "" if mine[1] else place}


def _told_by_judge(tie: Tie, entries: _Entries) -> Found:
    """A judge's own word: certain of family and of shares held now, where it says whose for certain."""
    if tie.kind in ("family", *_BOTH_SAY) and not (tie.organization_id or tie.organization_name):
        certain = entries.whom(tie.other_id, tie.other_email)
        for each in certain:
            yield each.entry, tie.kind, {**_of(tie, "own_word"), "who": each.name}
        for each in entries.by_name.get(name_key(tie.other_name), ()) if not tie.other_email else ():
            if each not in certain:
                kind = "told" if tie.kind == "family" else tie.kind
                yield each.entry, kind, {**_of(tie, "own_word_by_name"), "who": each.name}
        return
    known = tie.organization_id is not None
    certain_now = tie.kind != "equity" or (known and tie.until is None)
    kind = tie.kind if certain_now else "told"
    for entry in entries.of_place(tie):
        yield entry, kind, {**_of(tie, "own_word"), "place": tie.organization_name}


def _of(tie: Tie, code: str, file: str = "") -> Evidence:
    said: dict[str, Any] = {name: str(day) for name in ("since", "until") if (day := getattr(tie, name))}
    said |= {"note": tie.note} if tie.note else {}
    said |= {"file": file, "row": tie.file_row} if file else {}
    return {"code": code, "tie": tie.kind, **said}


def _keys(world: World, organization: int) -> set[str]:
    names = [*world.names.get(organization, ()), *world.aliases.get(organization, ())]
    return {name_key(each) for each in names} - SAYS_NOTHING


def _spelled(world: World, organization: int, key: str) -> str:
    names = [*world.names.get(organization, ()), *world.aliases.get(organization, ())]
    return next((each for each in names if name_key(each) == key), "")


def _name(world: World, organization: int) -> str:
    return next(iter(world.names.get(organization, ())), "")
