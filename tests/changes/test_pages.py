"""The pages of a changing need: the seeker's form, the organizer's decision, what everyone reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from challenge.base.i18n import when
from challenge.requirements import change_reads, enacting, proposing, queries, services
from challenge.requirements.proposing import Written
from challenge.rules.stages import Stage
from tests.changes.stories import HARDER, NOTE, change, close_of, propose, published, running
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import OFFLINE, need
from tests.requirements.test_life import close
from tests.rigs.statements import Counting
from tests.seek.pages import text_of, typed

Visitors = Any


def test_from_the_seekers_form_to_the_public_difference(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    seeker = visitor(call.representative)
    assert "Change it" in seeker.get(f"/seek/requirements/{wanted.ref}").text
    path = f"/seek/requirements/{wanted.ref}/change"
    page = seeker.get(path).text
    assert "Everyone reads version 1" in page
    data = typed(page, goals="Halve the scrap.", note=NOTE, next="submit") | {"indicators-0-target": "99.50"}
    answer = seeker.post(path, data=data)
    assert answer.location.endswith("/change/review")
    review = text_of(seeker.get(answer.location).text)
    assert "what has to be reached changed" in review
    assert "decide whether solutions are taken longer" in review
    assert "Handed in" in seeker.get(seeker.post(answer.location).location).text
    assert "Halve the scrap" not in visitor().get(f"/requirements/{wanted.ref}").text

    organizer = visitor(call.organizer)
    queue = organizer.get(f"/organize/rounds/{call.round.slug}/requirements").text
    assert "1 change of a published need waits for you." in queue
    (waiting,) = change_reads.of_need(db, wanted.id)
    there = f"/organize/rounds/{call.round.slug}/changes/{waiting.ref}"
    decide = organizer.get(there).text
    refused = organizer.post(there, data=typed(decide))
    assert refused.status_code == 422
    assert "Decide whether solutions are taken longer." in text_of(refused.text)
    done = organizer.post(there, data=typed(decide, ruling="keep", reason="Two months are left."))
    assert "Published. Everyone involved gets a letter." in organizer.get(done.location).text

    public = visitor().get(f"/requirements/{wanted.ref}").text
    assert "Version 2, updated" in public
    assert f"/requirements/{wanted.ref}/versions" in public
    versions = text_of(visitor().get(f"/requirements/{wanted.ref}/versions").text)
    for said in (
        NOTE,
        "Material change",
        "The close stays.",
        "Two months are left.",
        "≥ 99.20 %, must",
        "≥ 99.50 %, must",
        "first published",
    ):
        assert said in versions
    assert "<del>" in versions
    assert "<ins>" in versions
    old = visitor().get(f"/requirements/{wanted.ref}/versions/1").text
    assert "This is an old version." in old
    assert "Halve the coils that come back." in old
    assert "≥ 99.20" in text_of(old)
    assert visitor().get(f"/requirements/{wanted.ref}/versions/3").status_code == 404


def test_the_confidential_part_is_compared_for_its_readers_alone(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    change(db, call, wanted.ref, confidential_part="The line is number 4 in the SOUTH hall.")
    for path in ("versions", "versions/1", "versions/2", "versions.atom"):
        page = visitor().get(f"/requirements/{wanted.ref}/{path}").text
        assert "SOUTH" not in page
        assert "north hall" not in page
    assert "It changed. What it says" in visitor().get(f"/requirements/{wanted.ref}/versions").text
    for person in (call.representative, call.organizer):
        page = visitor(person).get(f"/seek/requirements/{wanted.ref}/versions").text
        assert "<del>" in page
        assert "SOUTH" in page
    assert visitor(UserFactory()).get(f"/seek/requirements/{wanted.ref}/versions").status_code == 403


def test_a_change_is_the_seekers_alone_until_it_is_handed_in(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    draft = proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="SECRET PLAN"), NOTE))
    organizer, there = visitor(call.organizer), f"/organize/rounds/{call.round.slug}/changes/{draft.ref}"
    assert organizer.get(there).status_code == 404
    assert organizer.post(there, data={"ruling": "keep", "reason": "x"}).status_code == 404
    screening = f"/organize/rounds/{call.round.slug}/requirements/{wanted.ref}"
    for path in (screening, f"/requirements/{wanted.ref}"):
        assert "SECRET" not in organizer.get(path).text
    assert "SECRET" not in organizer.get(f"/seek/requirements/{wanted.ref}/change").text
    stranger = visitor(UserFactory())
    assert stranger.get(f"/seek/requirements/{wanted.ref}/change").status_code == 403


def test_returned_it_says_why_and_taken_back_it_is_gone(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    organizer, seeker = visitor(call.organizer), visitor(call.representative)
    back = f"/organize/rounds/{call.round.slug}/changes/{ref}/return"
    assert organizer.post(back, data={"reasons": ""}).status_code == 422
    assert organizer.post(back, data={"reasons": "By how much?"}).status_code == 302
    assert "By how much?" in seeker.get(f"/seek/requirements/{wanted.ref}/change").text
    assert "The organizer returned your change." in seeker.get(f"/seek/requirements/{wanted.ref}").text
    gone = seeker.post(f"/seek/requirements/{wanted.ref}/change/drop")
    assert "given up" in seeker.get(gone.location).text
    assert change_reads.of_need(db, wanted.id) == []


def test_what_is_missing_stands_at_its_field(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="Other.")))
    answer = visitor(call.representative).post(f"/seek/requirements/{wanted.ref}/change/review")
    assert answer.status_code == 422
    assert "Say what changed and why." in answer.text
    assert "It can be handed in once these are right." in answer.text


def test_the_close_of_the_round_moves_with_the_decision(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    organizer, there = visitor(call.organizer), f"/organize/rounds/{call.round.slug}/changes/{ref}"
    page = organizer.get(there).text
    early = organizer.post(
        there, data=typed(page, ruling="round", reason="More.", closes_at="2020-01-01T00:00")
    )
    assert early.status_code == 422
    assert "Choose a later moment." in early.text
    assert change_reads.of_need(db, wanted.id)[0].state == "submitted"
    before = close_of(db, call.round.id)
    answer = organizer.post(
        there,
        data=typed(page, ruling="round", reason="More to do.", closes_at=_later(typed(page)["closes_at"][0])),
    )
    assert answer.status_code == 302
    assert close_of(db, call.round.id) > before
    public = text_of(visitor().get(f"/requirements/{wanted.ref}/versions").text)
    assert "The round takes solutions longer" in public
    assert when(close_of(db, call.round.id), call.round.zone).split(",")[0] in public


def _later(local: str) -> str:
    """The same time two days later, as a browser sends it."""
    return (dt.datetime.fromisoformat(local) + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")


def test_editorial_is_offered_where_words_alone_changed(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    organizer = visitor(call.organizer)
    ref = propose(db, call, wanted.ref, indicators=(HARDER, OFFLINE))
    there = f"/organize/rounds/{call.round.slug}/changes/{ref}"
    assert 'value="editorial"' not in organizer.get(there).text
    enacting.give_back(db, call.as_organizer, ref, "No.")
    propose(db, call, wanted.ref, goals="Halve the coils that return.")
    page = organizer.get(there).text
    assert 'value="editorial"' in page
    answer = organizer.post(there, data=typed(page, ruling="editorial", reason="Better English."))
    assert answer.status_code == 302
    public = visitor().get(f"/requirements/{wanted.ref}/versions").text
    assert "The organizer calls this editorial" in public
    assert "Better English." in public


def test_after_the_close_it_says_so(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    close(db, call.round, Stage.SUBMISSION)
    seeker, organizer = visitor(call.representative), visitor(call.organizer)
    page = seeker.get(f"/seek/requirements/{wanted.ref}").text
    assert "Change it" not in page
    assert "it can only be withdrawn" in page
    refused = seeker.get(f"/seek/requirements/{wanted.ref}/change")
    assert "it can only be withdrawn" in seeker.get(refused.location).text
    decide = organizer.get(f"/organize/rounds/{call.round.slug}/changes/{ref}").text
    assert "it can only be withdrawn" in decide
    assert "Publish the change" not in decide


def test_an_organizer_writes_an_editorial_change_alone(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    organizer = visitor(call.organizer)
    page = organizer.get(f"/organize/rounds/{call.round.slug}/requirements/{wanted.ref}").text
    assert "Editorial change" in page
    path = f"/seek/requirements/{wanted.ref}/change"
    data = typed(organizer.get(path).text, keywords="strip", note="For finding it.", next="submit")
    review = organizer.get(organizer.post(path, data=data).location).text
    assert "Go on to publish it" in review
    (draft,) = change_reads.of_need(db, wanted.id, "organizer")
    there = f"/organize/rounds/{call.round.slug}/changes/{draft.ref}"
    assert organizer.post(there, data=typed(organizer.get(there).text)).status_code == 302
    kept = queries.by_ref(db, wanted.ref)
    assert (kept.keywords, kept.version) == (["strip"], 2)
    assert "changed by the organizer" in visitor().get(f"/requirements/{wanted.ref}/versions").text


def test_the_pages_of_a_change_cost_the_same_for_one_and_for_three_questions(
    visitor: Visitors, db: Session, statements: Counting
) -> None:
    call = running(db)
    wanted = published(db, call)
    seeker, organizer = visitor(call.representative), visitor(call.organizer)

    def asked(count: int) -> dict[str, int]:
        """The statements of each page, with so many questions named by a change that was returned."""
        bodies = [f"{count}.{n}?" for n in range(count)]
        rows = [services.ask_on_requirement(db, actor_of(UserFactory()), wanted.ref, body) for body in bodies]
        said = Written(need(goals=f"{count} coils."), NOTE, [each.ref for each in rows])
        proposing.save(db, call.as_seeker, wanted.ref, said)
        change = proposing.hand_in(db, call.as_seeker, wanted.ref)
        review = f"/seek/requirements/{wanted.ref}/change/review"
        decide = f"/organize/rounds/{call.round.slug}/changes/{change.ref}"
        pages = {review: seeker, decide: organizer}
        found = {path: len(_statements(statements, reader, path)) for path, reader in pages.items()}
        enacting.give_back(db, call.as_organizer, change.ref, "No.")
        form = f"/seek/requirements/{wanted.ref}/change"
        return found | {form: len(_statements(statements, seeker, form))}

    assert asked(1) == asked(3)


def _statements(statements: Counting, reader: Any, path: str) -> list[str]:
    with statements() as sent:
        assert reader.get(path).status_code == 200
    return sent
