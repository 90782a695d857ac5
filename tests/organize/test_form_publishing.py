"""A form is looked over and published; who may build it, and what its pages cost."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy.orm import Session

from challenge.rounds.models import Override
from challenge.rules.stages import Stage
from challenge.submissions.models import SubmissionForm
from tests.factories import RoundFactory, UserFactory, organizer_of
from tests.organize.form_pages import at, built, fill, publish, step
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.submissions.stories import again, owner_of, ready, round_of, write

PAGES = ("", "/preview", "/versions", "/source", "/fields/title", "/fields/original", "/sections/terms")


def test_publishing_under_those_who_have_begun_asks_for_note_and_decision_and_tells_them(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    entry = ready(owner=UserFactory(email="solver@example.org", locale="en_US"))
    round_ = round_of(entry)
    before = next(row.closes_at for row in round_.windows if row.stage == "submission")
    client.sign_in(organizer_of(round_.programme))
    fill(client, at(round_, "/fields/files"), label_en="Attachments", required="y", fewest="1")
    page = client.get(at(round_, "/publish")).text
    assert "1 letter: people with a draft or an entry" in page
    assert "more to do" in page
    assert "Say what changed." in publish(client, round_).text
    undecided = publish(client, round_, note="Please attach the report.")
    assert "Decide whether the window stays open longer." in undecided.text
    wrong = publish(client, round_, note="Attach it.", close="extend", closes_at=["2020-01-01", "18:00"])
    assert wrong.status_code == 422
    assert db.query(Override).count() == 0
    done = publish(
        client, round_, note="Attach the report.", close="extend", closes_at=["2099-01-01", "18:00"]
    )
    assert done.status_code == 302, "later stages move along, and all of it is one transaction"
    assert before is not None
    assert db.query(Override).one().reason == "Attach the report."
    letters = {letter.subject: letter.body for letter in mailbox.to("solver@example.org")}
    [letter] = [text for subject, text in letters.items() if subject.startswith("The form changed")]
    assert "> Attach the report." in letter
    assert "“Attachments” is required now." in letter

    client.sign_in(owner_of(again(entry)))
    for page_ in ("", "/edit", "/review"):
        text = client.get(f"/solve/{again(entry).ref}{page_}").text
        assert "The organizer changed the form" in text
        assert "Attach the report." in text


def test_what_would_break_an_answer_is_told_before_and_after_the_button(client: Visitor, db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    client.sign_in(organizer_of(round_.programme))
    fill(client, at(round_, "/fields/schedule"), label_en="Schedule", most="10")
    page = client.get(at(round_, "/publish")).text
    assert "“Terms” › “Schedule”</a>: What was answered passes a limit." in page
    assert "Publish</button>" not in page
    write(again(entry), schedule="short")
    digest = re.search(r'name="digest"[^>]*value="([0-9a-f]+)"', client.get(at(round_, "/publish")).text)
    assert digest is not None
    write(again(entry), schedule="much longer than that")
    late = client.post(at(round_, "/publish"), data={"digest": digest.group(1), "note": "Shorter."})
    assert late.status_code == 422
    assert "passes a limit" in late.text
    assert db.query(SubmissionForm).count() == 0


def test_a_form_that_moved_on_is_looked_over_again(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    assert client.get(at(round_, "/publish")).location == at(round_), "nothing is there to publish"
    step(client, round_, "remove:files")
    step(client, round_, "section-remove:files")
    stale = client.post(at(round_, "/publish"), data={"digest": "0" * 64})
    assert stale.status_code == 422
    assert "Somebody changed this form" in stale.text
    assert publish(client, round_).status_code == 302


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMISSION, Stage.JUDGING])
def test_the_form_is_its_organizers_to_build_and_nobody_s_once_closed(
    client: Visitor, db: Session, stage: Stage
) -> None:
    round_ = RoundFactory(stage=stage)
    builds = stage is not Stage.JUDGING
    reads, writes = (
        ("", "/preview", "/versions", ".json"),
        ("/source", "/publish", "/fields/title", "/sections/terms"),
    )
    organizer = organizer_of(round_.programme)
    people = {
        organizer: (200, {200, 302} if builds else {403}),
        UserFactory(admin=True): (200, {403}),
        UserFactory(): (403, {403}),
        organizer_of(RoundFactory().programme): (403, {403}),
    }
    for person, (read, change) in people.items():
        client.sign_in(person)
        for rest in reads:
            assert client.get(at(round_, rest)).status_code == read
        for rest in writes:
            assert client.get(at(round_, rest)).status_code in change
        assert client.post(at(round_), data={"do": "up:quote"}).status_code in change
        assert client.post(at(round_, "/discard")).status_code in change
    page = client.sign_in(organizer).get(at(round_)).text
    assert ("Add a field" in page) is builds
    assert client.get(at(round_, ".json?version=9")).status_code == 404
    assert client.get(at(round_, "/preview?version=9")).status_code == 404


def test_the_schema_is_everyone_s(client: Visitor, db: Session) -> None:
    answer = client.get("/organize/form.schema.json")
    assert answer.status_code == 200
    assert json.loads(answer.data)["title"] == "challenge-form/1"


def test_the_launch_says_what_solvers_fill_in(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    where = f"/organize/rounds/{round_.slug}/launch"
    page = client.get(where).text
    assert "the usual form" in page
    assert "<dt>Fields</dt><dd>10</dd><dt>Required fields</dt><dd>9</dd></dl>" in page
    built(client, round_)
    assert "not published yet" in client.get(where).text
    publish(client, round_)
    page = client.get(where).text
    assert "version 1" in page
    assert "<dd>13</dd><dt>Required fields</dt><dd>10</dd><dt>Hidden from judges</dt><dd>1</dd>" in page


def test_pages_ask_the_same_whatever_they_show(client: Visitor, db: Session, statements: Counting) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    counted: dict[str, list[int]] = {rest: [] for rest in PAGES}
    for _turn in range(3):
        for rest in PAGES:
            with statements() as asked:
                assert client.get(at(round_, rest)).status_code == 200
            counted[rest].append(len(asked))
        for _number in range(2):
            step(client, round_, "copy:schedule")
        publish(client, round_)
    for rest, counts in counted.items():
        assert max(counts) <= 10, (rest, counts)
        assert counts[1] == counts[2], (rest, counts)
