"""Results on their way out through their doors: the preview, both keys, the stop button."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import releases
from challenge.flow import announcing, errands
from challenge.messages.models import Letter
from tests.awards.stories import (
    Judged,
    approved,
    end_notice,
    goes_out,
    happened,
    judged_round,
    keys,
    noticed,
    second,
    url,
)
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

PAGE = "/publication"


def over(db: Session, **given: int) -> Judged:
    """The notice has run its time."""
    judged = noticed(db, judged_round(db, **given))
    end_notice(db, judged)
    return judged


def test_nothing_is_prepared_before_the_notice_ends(client: Visitor, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    client.sign_in(judged.organizer)
    page = client.get(url(judged, PAGE)).text
    assert "Results can be prepared from" in page
    assert "Prepare for approval" not in page
    early = client.post(url(judged, f"{PAGE}/prepared"), data={"delay": "30"})
    assert early.status_code == 409
    assert "The public notice runs until" in early.text


def test_the_letters_that_the_preview_counts_are_the_letters_that_are_sent(
    client: Visitor, db: Session
) -> None:
    judged = over(db)
    # Ruled out during the notice: neither winner nor loser, and its award is nobody's.
    judged.entries[0].state, judged.entries[0].state_reason = "ineligible", "Not their own work."
    other = second(judged)
    client.sign_in(judged.organizer)
    page = client.get(url(judged, PAGE)).text
    shown = {
        name: int(count) for name, count in re.findall(r'<details id="(\w+)"><summary>(\d+) letters?:', page)
    }
    approved(db, judged, other)
    goes_out(db, judged)
    db.commit()
    before = Counter(db.scalars(sa.select(Letter.template)))
    errands.drain()
    sent = Counter(db.scalars(sa.select(Letter.template))) - before
    assert shown == {name: sent[name] for name in shown}
    assert shown == {"award_not_won": 2, "award_ruled_out": 1, "results_published": 1, "results_out": 2}


def test_each_letter_is_shown_as_its_reader_will_get_it(client: Visitor, db: Session) -> None:
    judged = over(db)
    second(judged)
    client.sign_in(judged.organizer)
    page = client.get(url(judged, PAGE)).text
    assert "Congratulations" in page
    assert judged.entries[0].title in page
    assert "1 of 2" in page
    first, second_, again = (
        set(re.findall(r"To (\S+@\S+) ·", client.get(url(judged, f"{PAGE}?award_not_won={place}")).text))
        for place in (0, 1, 0)
    )
    assert first == again != second_
    assert client.get(url(judged, f"{PAGE}?award_not_won=9999999999999999&x=y")).status_code == 200


def test_the_previewed_pages_read_as_the_public_ones_will(client: Visitor, db: Session) -> None:
    judged = over(db)
    public = f"/rounds/{judged.round.slug}/results"
    other = second(judged)
    client.sign_in(judged.organizer)
    foreseen = client.get(url(judged, f"{PAGE}/results"))
    assert foreseen.headers["Cache-Control"] == "private, no-store"
    assert "Preview: so this page will read" in foreseen.text
    assert "Final." in foreseen.text
    assert "Final." not in client.get(public).text
    need = client.get(url(judged, f"{PAGE}/requirements/{judged.needs[0].ref}")).text
    assert "See the results" in need
    assert "See the results" not in client.get(f"/requirements/{judged.needs[0].ref}").text
    approved(db, judged, other)
    goes_out(db, judged)
    assert main_of(client.get(public).text) == main_of(foreseen.text)


def main_of(page: str) -> str:
    """What a page says about the results."""
    found = re.search(r"<h2>Winners.*?</main>", page, re.DOTALL)
    assert found
    return found[0]


def test_two_people_publish_and_each_presses_twice(client: Visitor, db: Session) -> None:
    judged = over(db)
    other = second(judged)
    page = url(judged, PAGE)
    client.sign_in(judged.organizer)
    for _ in range(2):
        assert client.post(f"{page}/prepared", data={"delay": "60"}).headers["Location"] == page
    own = client.get(page).text
    assert "Somebody else has to approve them" in own
    assert 'data-confirm-verb="Approve"' not in own
    refused = client.post(f"{page}/approved", data=keys_of(db, judged))
    assert refused.status_code == 409
    assert "Somebody else has to approve them" in refused.text
    client.sign_in(other)
    typed = keys(client.get(page).text)
    for _ in range(2):
        assert client.post(f"{page}/approved", data=typed).headers["Location"] == page
    assert "The results go out" in client.get(page).text
    assert [happened(db, f"release.{verb}") for verb in ("prepared", "approved")] == [1, 1]
    assert happened(db, "awards.published") == 0


def keys_of(db: Session, judged: Judged) -> dict[str, str]:
    release = releases.unstopped(db, judged.round.id)
    assert release is not None
    return {"release": release.ref, "digest": release.digest}


def test_whoever_looked_at_something_else_approves_nothing(client: Visitor, db: Session) -> None:
    judged = over(db)
    other = second(judged)
    page = url(judged, PAGE)
    client.sign_in(judged.organizer).post(f"{page}/prepared", data={"delay": "30"})
    typed = keys(client.sign_in(other).get(page).text)
    judged.entries[2].state = "withdrawn"
    answer = client.post(f"{page}/approved", data=typed)
    assert answer.status_code == 409
    assert "Something changed since you looked it over" in answer.text
    assert "Something changed since the results were prepared" in client.get(page).text
    assert client.post(f"{page}/prepared", data={"delay": "30"}).status_code == 302
    assert (
        client.sign_in(judged.organizer).post(f"{page}/approved", data=keys_of(db, judged)).status_code == 302
    )


def test_a_stop_needs_a_reason_and_is_said_with_it(client: Visitor, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    approved(db, judged)
    typed = keys_of(db, judged)
    page = url(judged, PAGE)
    client.sign_in(judged.organizer)
    silent = client.post(f"{page}/stopped", data={**typed, "reason": " "})
    assert silent.status_code == 422
    assert "Say why." in silent.text
    for _ in range(2):
        answer = client.post(f"{page}/stopped", data={**typed, "reason": "The second prize is wrong."})
        assert answer.headers["Location"] == page
    assert "The second prize is wrong." in client.get(page).text
    assert happened(db, "release.stopped") == 1
    assert announcing.release_due() == 0
    errands.drain()
    letters = db.scalars(sa.select(Letter.body).where(Letter.template == "release_stopped")).all()
    assert len(letters) == 2
    assert all("> The second prize is wrong." in letter for letter in letters)


def test_an_organizer_alone_is_told_what_is_needed_and_an_administrator_is_the_second_key(
    client: Visitor, db: Session
) -> None:
    judged = over(db)
    page = url(judged, PAGE)
    client.sign_in(judged.organizer)
    assert "Nobody else organizes this round." in client.get(page).text
    client.post(f"{page}/prepared", data={"delay": "30"})
    client.sign_in(UserFactory(admin=True))
    typed = keys(client.get(page).text)
    assert client.post(f"{page}/approved", data=typed).headers["Location"] == page
    assert happened(db, "release.approved") == 1


@pytest.mark.parametrize("door", ["approved", "stopped"])
def test_results_of_another_round_are_not_found(client: Visitor, db: Session, door: str) -> None:
    mine, other = over(db), noticed(db, judged_round(db))
    approved(db, other)
    client.sign_in(mine.organizer)
    answer = client.post(url(mine, f"{PAGE}/{door}"), data={**keys_of(db, other), "reason": "x"})
    assert answer.status_code == 404
    assert client.get(url(mine, f"{PAGE}/requirements/nonesuch")).status_code == 404


def test_the_preview_asks_as_much_of_one_requirement_as_of_three(
    client: Visitor, db: Session, statements: Counting
) -> None:
    asked = []
    for needs in (1, 3):
        judged = noticed(db, judged_round(db, places=tuple(range(1, 2 * needs + 1)), needs=needs))
        end_notice(db, judged)
        client.sign_in(judged.organizer)
        client.get(url(judged, PAGE))
        with statements() as counted:
            assert client.get(url(judged, PAGE)).status_code == 200
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_the_page_speaks_chinese(client: Visitor, db: Session) -> None:
    judged = over(db)
    judged.organizer.locale = "zh_CN"
    client.sign_in(judged.organizer)
    assert "公布结果" in client.get(url(judged, PAGE)).text
