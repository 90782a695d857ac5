"""A programme words its letters itself: declared fields and nothing else, previewed, given back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.messages import rehearsing, wordings
from challenge.messages.models import Letter
from challenge.rules.errors import InvalidMany, NotAllowed, NotFound
from challenge.rules.wordings import FIELDS, LETTERS, fields_of, fill
from challenge.web.letter_words import FIELD_WORDS, LETTER_WORDS
from tests.factories import actor_of
from tests.messages.posts import write_to
from tests.messages.world import World, build
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

OWN = {"subject": "{programme}: {name}", "body": "Dear {name},\n\n{text}\n\nYours", "label": "Go to {round}"}
NOTHING = {"subject": "", "body": "", "label": ""}


def word(world: World, template: str = "requirement_published", **en: str) -> None:
    organizer = actor_of(world.people["organizer"])
    words = {"zh": NOTHING, "en": {**OWN, **en}}
    wordings.save(world.db, organizer, world.round.programme, template, words)
    world.db.commit()


def faults_of(world: World, template: str = "requirement_published", **en: str) -> dict[str, str]:
    with pytest.raises(InvalidMany) as refused:
        word(world, template, **en)
    return {fault.field: fault.code for fault in refused.value.faults}


def letter_about(world: World, mailbox: Mailbox, name: str = "representative") -> Letter:
    facts = {"round_id": world.round.id, "requirement_id": world.requirement.id}
    write_to(world.db, world.people[name], "requirement_published", **facts)
    return mailbox.to(world.people[name].email)[-1]


def test_a_letter_goes_out_in_the_programme_s_words_in_that_language_alone(
    db: Session, mailbox: Mailbox
) -> None:
    world = build(db)
    world.people["representative"].locale, world.people["author"].locale = "en_US", "zh_CN"
    word(world)
    english, chinese = letter_about(world, mailbox), letter_about(world, mailbox, "author")
    programme = world.round.programme.title_en
    assert english.subject == f"{programme}: representative"
    assert "Dear representative," in english.body
    assert "\n\nYours" in english.body
    assert "{text}" not in english.body
    assert english.label == "Go to Spring round"
    assert english.href
    assert str(programme) not in chinese.subject


def test_given_back_it_says_what_the_product_says(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    world.people["representative"].locale = "en_US"
    word(world)
    word(world)  # the same once more changes nothing
    organizer = actor_of(world.people["organizer"])
    for _ in range(2):
        wordings.reset(db, organizer, world.round.programme, "requirement_published")
    assert "Dear" not in letter_about(world, mailbox).body
    told = db.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "letter.worded")).all()
    assert len(told) == 2


def test_what_is_no_field_of_the_letter_is_refused(db: Session) -> None:
    world = build(db)
    for foreign in ("{password}", "{ name }", "{{ config }}", "{awards}", "{round.seal_key}"):
        found = faults_of(world, body=f"{{text}} {foreign}")
        assert found == {"body_en": "letter_field_unknown"}, foreign
    assert faults_of(world, subject="{text}") == {"subject_en": "letter_field_unknown"}
    assert faults_of(world, body="") == {"body_en": "required"}
    assert faults_of(world, body="x" * 6000 + "{text}") == {"body_en": "too_long"}


def test_what_a_letter_is_for_cannot_be_left_out(db: Session) -> None:
    world = build(db)
    assert faults_of(world, "submission_submitted", body="Thanks.") == {"body_en": "letter_field_missing"}
    assert faults_of(world, "judge_reminded", body="{count} open") == {"body_en": "letter_field_missing"}
    word(world, "judge_reminded", body="{count} open until {until}")
    word(world, "results_published", body="The results are out.")


def test_what_is_filled_in_is_no_template(app: Flask) -> None:
    values = {"name": "{round}{{ 7*7 }}", "round": "secret"}
    assert fill("Dear {name} %s {% if x %} {unknown}", values.__getitem__) == (
        "Dear {round}{{ 7*7 }} %s {% if x %} {unknown}"
    )


def test_only_organizers_of_the_programme_word_them(db: Session, client: Visitor) -> None:
    world = build(db)
    programme = world.round.programme
    for name in ("judge", "winner", "representative", "outsider"):
        with pytest.raises(NotAllowed):
            wordings.reset(db, actor_of(world.people[name]), programme, "award_won")
    with pytest.raises(NotFound):
        wordings.reset(db, actor_of(world.people["organizer"]), programme, "account_reset")
    client.sign_in(world.people["outsider"])
    assert client.get(f"/organize/programmes/{programme.slug}/letters").status_code == 403
    assert client.get(f"/organize/programmes/{programme.slug}/letters/award_won").status_code == 403


def test_every_letter_has_its_words_and_reads_well_in_both_languages(db: Session, app: Flask) -> None:
    world = build(db)
    folder = Path(__file__).parents[2] / "templates" / "mail"
    assert LETTERS.keys() == LETTER_WORDS.keys()
    assert FIELDS.keys() == FIELD_WORDS.keys()
    scene = rehearsing.scene(db, world.round.id, "Ada")
    for template in LETTERS:
        assert (folder / f"{template}.txt").exists()
        body = "\n".join(f"{{{each}}}" for each in fields_of(template))
        for locale in ("zh_CN", "en_US"):
            own = {"subject": "{round}", "body": body, "label": ""}
            plain = rehearsing.preview(template, scene, locale, None)
            worded = rehearsing.preview(template, scene, locale, own)
            assert plain["subject"], template
            assert plain["body"], template
            assert plain["body"] in worded["body"], template
            assert "Ada" in worded["body"], template
            assert plain["label"] == worded["label"], template


def test_the_page_previews_with_the_round_saves_and_gives_back(db: Session, client: Visitor) -> None:
    world = build(db)
    page = f"/organize/programmes/{world.round.programme.slug}/letters/judge_added"
    english = {"Accept-Language": "en"}
    client.sign_in(world.people["organizer"])
    assert "Own words" not in client.get(page.rpartition("/")[0], headers=english).text
    typed = {"subject_en": "Welcome to {round}", "body_en": "Hello {name} <script>", "label_en": "Go"}
    shown = client.post(page, data={**typed, "step": "preview"}, headers=english).text
    assert "Welcome to Spring round" in shown
    assert "<script>" not in shown.partition("<main")[2]
    assert client.post(page, data={**typed, "body_en": "{secret}", "step": "preview"}).status_code == 422
    assert wordings.kept(db, world.round.programme_id) == {}
    assert client.post(page, data={**typed, "step": "save"}).status_code == 302
    assert "Own words" in client.get(page.rpartition("/")[0], headers=english).text
    assert "Welcome to {round}" in client.get(page, headers=english).text
    assert client.post(f"{page}/reset").status_code == 302
    assert wordings.kept(db, world.round.programme_id) == {}
    assert client.get(page.replace("judge_added", "account_reset")).status_code == 404
