"""The hall at its doors: nothing hidden is on the big screen; seats, the chair's desk, the draw."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from challenge.judging import conflicts, on_site, revealing, staging
from challenge.judging.on_site import Setting
from tests.factories import UserFactory
from tests.judging.hall import call, hall, present, site_of
from tests.judging.stories import Court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def screen(made: Court, key: bool = True) -> str:
    tail = f"/{site_of(made).screen_key}" if key else ""
    return f"/rounds/{made.round.slug}/screen/1{tail}"


def desk(made: Court, verb: str = "") -> str:
    return f"/stage/{made.round.slug}/1" + (f"/{verb}" if verb else "")


def room(made: Court, verb: str = "") -> str:
    return f"/organize/rounds/{made.round.slug}/on-site" + (f"/{verb}" if verb else "")


def test_screen_is_for_whoever_has_its_address_or_for_everybody(client: Visitor, db: Session) -> None:
    made = hall(db)
    assert client.get(screen(made)).status_code == 200
    assert client.get(screen(made, key=False)).status_code == 302
    assert client.get(screen(made) + "x").status_code == 404
    on_site.set_up(db, made.as_organizer, made.round.id, 1, Setting(screen_public=True))
    assert client.get(screen(made, key=False)).status_code == 200
    old = screen(made)
    client.sign_in(made.organizer)
    for _ in range(2):
        client.post(room(made, "screen"), data={"known": old.rpartition("/")[2]})
    assert client.sign_out().get(old).status_code == 404
    assert client.get(screen(made)).status_code == 200


def told(client: Visitor, made: Court) -> tuple[str | None, bytes]:
    answer = client.get(screen(made))
    # The server's time of the answer differs by itself; all else is compared to the byte.
    return answer.headers["ETag"], re.sub(rb'data-now="[^"]*"', b"", answer.data)


def test_nothing_of_a_hidden_score_is_on_the_screen(client: Visitor, db: Session) -> None:
    made = hall(db)
    call(made, 0)
    before = told(client, made)
    lock_all(made, 0, (7, 9), (3, 1))
    assert told(client, made) == before  # page, mark and size are the same, whatever was scored

    present(made, 1, (10, 10), (10, 10))
    revealing.show_total(db, made.as_organizer, made.round.id, 1)
    page = client.get(screen(made)).text
    assert ("50.00" in page, made.entries[1].code in page) == (True, True)
    present(made, 2, (1, 1), (1, 1))
    hidden = client.get(screen(made)).text
    assert "50.00" not in hidden


def test_final_places_come_one_by_one_from_the_last(client: Visitor, db: Session) -> None:
    made = hall(db)
    for entry, score in enumerate((5, 9, 7)):
        present(made, entry, (score, score), (score, score))
    client.sign_in(made.organizer)
    codes = [entry.code for entry in made.entries]
    for shown, wanted in enumerate(([0], [0, 2], [0, 2, 1])):
        for _ in range(2):  # pressed twice, one step
            client.post(desk(made, "place"), data={"shown": shown})
        board = site_of(made).board
        assert [row["code"] for row in board] == [codes[each] for each in wanted]
        seen = client.get(screen(made)).text
        totals = [f">{total}<" in seen for total in ("25.00", "35.00", "45.00")]
        assert sum(totals) == shown + 1
    assert [row["place"] for row in site_of(made).board] == [3, 2, 1]
    client.post(desk(made, "hide"))
    assert (site_of(made).board, site_of(made).withheld) == ([], [])


def test_open_cards_hold_the_reveal_back_unless_the_chair_says_so(client: Visitor, db: Session) -> None:
    made = hall(db)
    present(made, 0, (8, 6))  # the second judge has not locked
    client.sign_in(made.organizer)
    client.post(desk(made, "total"))
    assert "1 scorecards are not locked yet." in client.get(desk(made)).text
    assert site_of(made).reveal == "hidden"
    client.post(desk(made, "total"), data={"anyway": "yes"})
    assert [row["total"] for row in site_of(made).board] == ["36.00"]


def test_screens_ask_with_the_mark_and_get_304(client: Visitor, db: Session) -> None:
    made = hall(db)
    call(made, 0)
    client.sign_in(made.people[0])
    for path in (screen(made), f"/judge/stage/{made.phase.id}"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        staging.run(db, made.as_organizer, made.round.id, 1)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
        staging.pause(db, made.as_organizer, made.round.id, 1)


def test_asking_again_costs_two_statements_however_many_entries(
    client: Visitor, db: Session, statements: Counting
) -> None:
    counts = []
    for entries in (1, 3):
        made = hall(db, entries=entries)
        path, tag = screen(made), client.get(screen(made)).headers["ETag"]
        with statements() as asked:
            client.get(path, headers={"If-None-Match": tag})
        with statements() as drawn:
            client.get(path)
        counts.append((len(asked), len(drawn)))
    assert counts == [(2, 4)] * 2


def test_chairs_and_organizers_pages_have_a_fixed_number_of_statements(
    client: Visitor, db: Session, statements: Counting
) -> None:
    counts = []
    for entries in (1, 3):
        made = hall(db, entries=entries)
        call(made, 0)
        client.sign_in(made.organizer)
        found = []
        for path in (desk(made), room(made), room(made, "sheets")):
            client.get(path)
            with statements() as asked:
                assert client.get(path).status_code == 200
            found.append(len(asked))
        counts.append(found)
    assert counts[0] == counts[1]


def test_seat_leads_to_the_card_and_says_who_sits_out(
    client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hall(db)
    client.sign_in(made.people[0])
    seat = f"/judge/stage/{made.phase.id}"
    assert "Nobody is on stage." in client.get(seat).text
    shown = call(made, 0)
    assert f"/judge/{made.assignment(0, 0).ref}" in client.get(seat).text
    card = {f"score-{each.id}": "8" for each in made.criteria} | {"sure": "1"}
    locked = client.post(f"/judge/{made.assignment(0, 0).ref}/lock", data=card)
    assert locked.location == seat
    assert "Your card is locked" in client.get(seat).text
    call(made, 1)
    made.entries[1].owner_id = made.people[0].id
    db.flush()
    page = client.get(seat).text
    assert "You sit this one out" in page
    assert f"/judge/{made.assignment(0, 1).ref}" not in page
    assert shown.code not in page
    assert client.sign_in(UserFactory()).get(seat).status_code == 404


def test_desk_opens_when_it_comes_on_stage(client: Visitor, db: Session) -> None:
    made = hall(db)
    client.sign_in(made.people[0])
    path = f"/judge/{made.assignment(0, 0).ref}"
    page = client.get(path).text
    assert "Scores are taken from when it comes on stage." in page
    assert "data-autosave" not in page
    refused = client.post(f"{path}/save", data={f"score-{made.criteria[0].id}": "8"})
    assert refused.status_code == 409
    call(made, 0)
    assert "data-autosave" in client.get(path).text


def test_draw_has_a_public_page_and_file(client: Visitor, db: Session) -> None:
    made = hall(db, drawn=False)
    path = f"/rounds/{made.round.slug}/draw/1"
    assert client.get(path).status_code == 404
    client.sign_in(made.organizer)
    assert client.post(room(made, "digest")).status_code == 302
    digest, seed = site_of(made).seed_digest, site_of(made).seed
    assert digest is not None
    assert seed is not None
    client.sign_out()
    before = client.get(path).text + client.get(path + ".json").text
    assert (digest in before, seed in before) == (True, False)
    client.sign_in(made.organizer)
    assert seed not in client.get(room(made)).text
    client.post(room(made, "draw"), data={"word": "seven blue"})
    client.post(room(made, "draw"), data={"word": "another"})
    assert "There is one draw only." in client.get(room(made)).text
    after = client.sign_out().get(path + ".json").json
    assert after is not None
    assert (after["seed"], after["word"], len(after["order"])) == (seed, "seven blue", 3)
    assert f'href="{path}"' in client.get(f"/rounds/{made.round.slug}/judges").text


def test_sheets_hatch_what_a_judge_sits_out(client: Visitor, db: Session) -> None:
    made = hall(db, drawn=False)
    made.entries[0].owner_id = made.people[0].id
    db.flush()
    assert conflicts.one(db, made.judges[0].id, made.entries[0].id) == "team"
    client.sign_in(made.organizer)
    page = client.get(room(made, "sheets")).text
    assert page.count('class="sheet"') == 2
    assert page.count(">sat out<") == len(made.criteria)
    assert page.count("Signature") == 2
