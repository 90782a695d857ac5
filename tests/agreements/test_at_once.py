"""Both sides at once: one draft, one version, a number of one's own, and no word lost unsaid."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.agreements import beginning, drafting, proposing
from challenge.agreements.beginning import Start
from challenge.agreements.models import Agreement, AgreementVersion
from challenge.audit import chain
from challenge.base.ids import new_ref
from tests.agreements.stories import deal, drafted
from tests.judging.test_at_once import together


def test_one_page_sent_many_times_at_once_is_one_draft(app: Flask, db: Session) -> None:
    made = deal(db)
    by, need, start = made.as_seeker, made.need.ref, Start("intent", ref=new_ref())
    db.commit()
    refs = together(app, [lambda s: beginning.begin(s, by, need, start).ref for _ in range(4)])
    assert set(refs) == {start.ref}
    assert db.scalar(sa.select(sa.func.count()).select_from(Agreement)) == 1


def test_proposed_by_both_sides_at_once_it_is_one_version(app: Flask, db: Session) -> None:
    deals = [drafted(db), drafted(db)]
    asked = [
        (by, made.ref, made.agreement.draft_version)
        for made in deals
        for by in (made.as_seeker, made.as_solver)
    ]
    db.commit()
    together(
        app, [lambda s, a=by, r=ref, n=seen: proposing.propose(s, a, r, n).version for by, ref, seen in asked]
    )
    assert len({made.agreement.number for made in deals}) == 2
    assert db.scalar(sa.select(sa.func.count()).select_from(AgreementVersion)) == 2
    assert chain.verify(db)[1] == []


def test_of_two_who_save_at_once_one_is_told(app: Flask, db: Session) -> None:
    made = drafted(db)
    ref, seen, terms = made.ref, made.agreement.draft_version, made.terms
    said = [(by, replace(terms, scope=f"By {by.user_id}")) for by in (made.as_seeker, made.as_solver)]
    db.commit()
    save = drafting.save
    came = together(app, [lambda s, a=by, t=new: save(s, a, ref, t, seen).draft_version for by, new in said])
    assert sorted(map(str, came)) == sorted([str(seen + 1), "changed_meanwhile"])
