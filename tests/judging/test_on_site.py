"""A final on site: set up, drawn so that anyone can redo it, led by the chair, scored from the stage on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import draw_reads, on_site, scoring, stage_reads, staging
from challenge.judging.on_site import Setting
from challenge.rules import drawing
from challenge.rules.errors import InvalidMany, NotAllowed, NotFound, WrongState
from challenge.rules.stages import Stage
from tests.factories import UserFactory, actor_of
from tests.judging.hall import call, hall, site_of
from tests.judging.stories import court
from tests.rigs.application import Terminal


def trail(db: Session, action: str) -> list[dict[str, object]]:
    query = sa.select(AuditEntry.detail).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return list(db.scalars(query))


def test_a_final_is_set_up_by_its_organizer_and_twice_is_once(db: Session) -> None:
    made = court(db)
    chair = UserFactory()
    setting = Setting(10, 5, chair.email.upper(), screen_public=True)
    on_site.set_up(db, made.as_organizer, made.round.id, 1, setting)
    on_site.set_up(db, made.as_organizer, made.round.id, 1, setting)
    site = site_of(made)
    assert (site.presentation_seconds, site.question_seconds, site.chair_id) == (600, 300, chair.id)
    assert len(trail(db, "on_site.set_up")) == 1
    with pytest.raises(NotAllowed):
        on_site.set_up(db, made.as_judge(), made.round.id, 1, setting)


def test_every_wrong_setting_is_named_at_its_field(db: Session) -> None:
    made = court(db)
    with pytest.raises(InvalidMany) as refused:
        on_site.set_up(db, made.as_organizer, made.round.id, 1, Setting(0, 999, "nobody@example.org"))
    found = {(fault.field, fault.code) for fault in refused.value.faults}
    assert found == {
        ("presentation_minutes", "out_of_range"),
        ("question_minutes", "out_of_range"),
        ("chair_email", "chair_unknown"),
    }


def test_only_a_final_is_held_on_site(db: Session) -> None:
    made = court(db, kind="screening")
    with pytest.raises(WrongState, match="not_a_final"):
        on_site.set_up(db, made.as_organizer, made.round.id, 1, Setting())


def test_digest_comes_first_and_the_order_follows_from_the_seed(
    db: Session, command: Terminal, tmp_path: Path
) -> None:
    made = hall(db, entries=5, drawn=False)
    with pytest.raises(WrongState, match="draw_not_published"):
        on_site.draw(db, made.as_organizer, made.round.id, 1)
    digest = on_site.commit(db, made.as_organizer, made.round.id, 1)
    assert on_site.commit(db, made.as_organizer, made.round.id, 1) == digest
    before = draw_reads.drawn(db, made.round.id, 1)
    assert (before.seed, before.word, before.order) == (None, None, ())
    codes = sorted(entry.code for entry in made.entries)
    assert before.codes == tuple(codes)

    order = on_site.draw(db, made.as_organizer, made.round.id, 1, "  seven  blue ")
    after = draw_reads.drawn(db, made.round.id, 1)
    assert after.seed is not None
    assert (after.digest, after.word, list(after.order)) == (digest, "seven blue", order)
    assert drawing.digest_of(after.seed) == digest
    assert drawing.order(after.seed, "seven blue", codes) == order
    assert trail(db, "draw.published") == [{"digest": digest, "codes": codes}]
    assert [each["order"] for each in trail(db, "draw.made")] == [order]

    file = tmp_path / "draw.json"
    file.write_text(json.dumps(after.to_json(made.round.slug)), encoding="utf-8")
    said = command.invoke(args=["draw", "verify", str(file), "--digest", digest])
    assert (said.exit_code, f"right, {len(codes)} entries" in said.output) == (0, True)
    other = command.invoke(args=["draw", "verify", str(file), "--digest", "0" * 64])
    assert (other.exit_code, "ANOTHER DIGEST" in other.output) == (1, True)


def test_there_is_one_draw_only(db: Session) -> None:
    made = hall(db)
    order = [turn.code for turn in stage_reads.turns(db, made.phase)]
    with pytest.raises(WrongState, match="draw_made"):
        on_site.draw(db, made.as_organizer, made.round.id, 1, "another word")
    with pytest.raises(WrongState, match="draw_published"):
        on_site.unset(db, made.as_organizer, made.round.id, 1)
    assert [turn.code for turn in stage_reads.turns(db, made.phase)] == order


def test_entries_are_not_fixed_while_they_may_still_come(db: Session) -> None:
    made = hall(db, drawn=False, stage=Stage.SUBMISSION)
    with pytest.raises(NotAllowed):
        on_site.commit(db, made.as_organizer, made.round.id, 1)


def test_clock_runs_stands_and_begins_anew(db: Session) -> None:
    made = hall(db)
    where = (db, made.as_organizer, made.round.id, 1)
    with pytest.raises(WrongState, match="nobody_on_stage"):
        staging.run(*where)
    call(made, 0)
    staging.run(*where)
    staging.run(*where)
    since, version = site_of(made).running_since, site_of(made).version
    assert since is not None
    staging.pause(*where)
    staging.pause(*where)
    site = site_of(made)
    assert (site.running_since, site.version) == (None, version + 1)
    assert 0 <= site.spent_ms < 5000
    staging.run(*where)
    staging.go_to(*where, "questions")
    timer = staging.timer_of(site_of(made))
    assert (timer.seconds, timer.spent_ms, timer.running_since is not None) == (300, 0, True)
    call(made, 1)
    assert staging.timer_of(site_of(made)).left(made.round.created_at) == 480
    staging.clear(*where)
    assert site_of(made).current_id is None


def test_chair_leads_and_nobody_else(db: Session) -> None:
    chair = UserFactory()
    made = hall(db, setting=Setting(8, 5, chair.email))
    code = made.entries[0].code
    staging.call(db, actor_of(chair), made.round.id, 1, code)
    for stranger in (actor_of(UserFactory()), made.as_judge()):
        with pytest.raises(NotAllowed):
            staging.run(db, stranger, made.round.id, 1)
    with pytest.raises(NotFound):
        staging.call(db, actor_of(chair), made.round.id, 1, "no-such-code")


def test_an_entry_that_left_is_not_called(db: Session) -> None:
    made = hall(db)
    made.entries[0].state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState, match="entry_gone"):
        call(made, 0)


def test_scores_are_taken_once_it_came_on_stage(db: Session) -> None:
    made = hall(db)
    ref = made.assignment(0, 0).ref
    with pytest.raises(WrongState, match="not_on_stage"):
        scoring.save(db, made.as_judge(), ref, made.entered(8, 6))
    with pytest.raises(WrongState, match="not_on_stage"):
        scoring.lock(db, made.as_judge(), ref, made.entered(8, 6))
    call(made, 0)
    scoring.save(db, made.as_judge(), ref, made.entered(8, 6))
    call(made, 1)  # the card of the one before may still be finished
    scoring.lock(db, made.as_judge(), ref)
    assert made.assignment(0, 0).state == "completed"
