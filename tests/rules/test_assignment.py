"""The balanced proposal: everyone reads alike much, nobody reads what is forbidden."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.assignment import Pair, propose

pairs = st.sets(st.tuples(st.integers(0, 5), st.integers(100, 111)))


def test_work_is_spread_evenly() -> None:
    plan = propose(range(100, 110), range(4), 2)
    loads = Counter(judge for judge, _ in plan.pairs)
    assert (len(plan.pairs), dict(plan.short)) == (20, {})
    assert set(loads.values()) == {5}


def test_panels_mix() -> None:
    plan = propose(range(100, 106), range(4), 2)
    panels = {frozenset(j for j, e in plan.pairs if e == entry) for entry in range(100, 106)}
    assert len(panels) == 6, "six entries and four judges: each pair of judges meets once"


def test_forbidden_pairs_are_never_proposed_and_what_stays_short_is_named() -> None:
    plan = propose([100, 101], [1, 2], 2, forbidden={(1, 100)})
    assert set(plan.pairs) == {(2, 100), (1, 101), (2, 101)}
    assert dict(plan.short) == {100: 1}


def test_what_is_fixed_counts_as_work_and_as_panel() -> None:
    plan = propose([100, 101], [1, 2], 1, fixed={(1, 100)})
    assert plan.pairs == ((2, 101),)


def test_work_moves_from_the_busy_to_the_idle() -> None:
    # Judge 1 is the only one for three entries; all that others can read goes to the others.
    entries = range(100, 106)
    forbidden: set[Pair] = {(2, entry) for entry in (100, 101, 102)}
    plan = propose(entries, [1, 2], 1, forbidden=forbidden)
    assert Counter(judge for judge, _ in plan.pairs) == {1: 3, 2: 3}


def test_without_judges_everything_stays_short() -> None:
    assert dict(propose([100], [], 3).short) == {100: 3}


@given(fixed=pairs, forbidden=pairs, per_entry=st.integers(1, 4))
def test_every_plan_keeps_its_promises(fixed: set[Pair], forbidden: set[Pair], per_entry: int) -> None:
    entries, judges = list(range(100, 112)), list(range(6))
    plan = propose(entries, judges, per_entry, fixed=fixed, forbidden=forbidden)
    readers = {entry: {j for j, e in fixed if e == entry} for entry in entries}
    for judge, entry in plan.pairs:
        assert (judge, entry) not in forbidden
        assert judge not in readers[entry], "nobody reads an entry twice"
        readers[entry].add(judge)
    for entry in entries:
        lacking = max(0, per_entry - len(readers[entry]))
        assert plan.short.get(entry, 0) == lacking
        free = [j for j in judges if j not in readers[entry] and (j, entry) not in forbidden]
        assert not (lacking and free), "an entry stays short only where nobody is left"
    assert plan == propose(entries, judges, per_entry, fixed=fixed, forbidden=forbidden)
