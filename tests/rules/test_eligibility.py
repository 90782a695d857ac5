"""Who may take part: every rule alone and together, and how the rules are read from what is typed."""

from __future__ import annotations

import pytest

from challenge.rules import eligibility
from challenge.rules.eligibility import Body, Person, Rules, Unmet
from challenge.rules.errors import Invalid

KINDS = ("company", "university", "institute", "agency", "public", "other")
ANN = Person("ann@mail.lzu.edu.cn", 40)


def test_without_rules_everybody_takes_part() -> None:
    assert not Rules()
    assert eligibility.unmet(Rules(), Person("", 0), Body()) == []


@pytest.mark.parametrize(
    ("rules", "body", "codes"),
    [
        (Rules(kinds=("university",)), Body("university"), []),
        (Rules(kinds=("university",)), Body("company"), ["kind"]),
        (Rules(kinds=("university",)), Body(), ["kind"]),
        (Rules(kinds=("person",)), Body(), []),
        (Rules(regions=("620000",)), Body("company", "620100"), []),
        (Rules(regions=("620000",)), Body("company", "610000"), ["region"]),
        (Rules(regions=("620100",)), Body("company", "620000"), ["region"]),
        (Rules(regions=("620000",)), Body("company"), ["region"]),
        (Rules(account_days=40), Body(), []),
        (Rules(account_days=41), Body(), ["account_age"]),
        (Rules(invited=("lzu.edu.cn",)), Body(), []),
        (Rules(invited=("ann@mail.lzu.edu.cn",)), Body(), []),
        (Rules(invited=("edu.example", "bob@lzu.edu.cn")), Body(), ["invited"]),
        (
            Rules(("company",), ("620000",), 99, ("x.org",)),
            Body(),
            ["invited", "account_age", "kind", "region"],
        ),
    ],
)
def test_each_rule_that_is_set_must_hold(rules: Rules, body: Body, codes: list[str]) -> None:
    assert [each.code for each in eligibility.unmet(rules, ANN, body)] == codes


def test_a_domain_that_only_ends_alike_is_another_one() -> None:
    rules = Rules(invited=("zu.edu.cn",))
    assert eligibility.unmet(rules, ANN, Body()) == [Unmet("invited")]


def test_the_age_that_lacks_is_told_in_days() -> None:
    assert eligibility.of_person(Rules(account_days=50), ANN) == [Unmet("account_age", 10)]


def test_at_the_start_any_of_ones_organizations_may_do() -> None:
    rules = Rules(kinds=("university",), regions=("620000",))
    bodies = [Body("company", "110000"), Body("university", "620000")]
    assert eligibility.nearest(rules, ANN, bodies) == []
    assert len(eligibility.nearest(rules, ANN, bodies[:1])) == 2


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", ()),
        ("62, 61", None),
        ("甘肃、Inner Mongolia\nhong kong", ("620000", "150000", "810000")),
        ("620100；620000 620100", ("620100", "620000")),
        ("Lanzhou", None),
        ("990000", None),
    ],
)
def test_regions_are_typed_by_name_or_code(typed: str, codes: tuple[str, ...] | None) -> None:
    if codes is None:
        with pytest.raises(Invalid) as refused:
            eligibility.checked([], KINDS, typed, 0, "")
        assert refused.value.field == "regions"
    else:
        assert eligibility.checked([], KINDS, typed, 0, "").regions == codes


@pytest.mark.parametrize("typed", ["no domain", "a@b", "@", "a@@x.org", "x..org", "<a@x.org>"])
def test_a_list_holds_addresses_and_domains_only(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        eligibility.checked([], KINDS, "", 0, typed)
    assert refused.value.field == "invited"


def test_what_is_stored_is_read_again_and_all_types_are_none() -> None:
    typed = eligibility.checked([*KINDS, "person"], KINDS, "甘肃", 7, "A@X.org, @lzu.edu.cn")
    assert typed == Rules((), ("620000",), 7, ("a@x.org", "lzu.edu.cn"))
    assert eligibility.read(eligibility.write(typed)) == typed
    assert eligibility.write(Rules()) == {}
    with pytest.raises(Invalid):
        eligibility.checked(["club"], KINDS, "", 0, "")
    with pytest.raises(Invalid):
        eligibility.checked([], KINDS, "", 99_999, "")
