"""A person says what they know about and what they consent to; publications come from files."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import expertise
from challenge.supply import directory, experts, publications
from tests.factories import UserFactory, actor_of
from tests.judging.stories import court
from tests.rigs.application import Visitor
from tests.supply.stories import KNOWN, expert

BIBTEX = rb"""
@string{nat = "Nature"}
@article{a, title={{Deep} learning of \"{o}xides}, journal=nat, year=2020, doi={https://doi.org/10.1038/ABC.def}}
@article{b, title={Deep Learning of oxides, again}, doi={10.1038/abc.def}, year={2020}}
@inproceedings{c, title = "Fast " # "sintering", booktitle={Proc.}, date={2021-05}, abstract={About \LaTeX}}
@article{broken, title={open
"""
ORCID = {
    "group": [
        {
            "work-summary": [
                {
                    "title": {"title": {"value": "Fast  Sintering"}},
                    "publication-date": {"year": {"value": "2021"}},
                    "journal-title": {"value": "Acta"},
                },
                {"title": {"title": {"value": "The same work, another source"}}},
            ]
        },
        {
            "work-summary": [
                {
                    "title": {"title": {"value": "新材料"}},
                    "external-ids": {
                        "external-id": [{"external-id-type": "doi", "external-id-value": "10.5555/new"}]
                    },
                }
            ]
        },
    ]
}


def ref_of(db: Session, person: User) -> str:
    profile = experts.profile_of(db, person.id)
    assert profile is not None
    return profile.ref


def send(client: Visitor, data: bytes, name: str = "mine.bib") -> str:
    files = {"file": (io.BytesIO(data), name)}
    answer = client.post("/supply/expert/publications", data=files, content_type="multipart/form-data")
    return client.get("/supply/expert").text if answer.status_code == 302 else answer.text


def test_nobody_is_public_who_did_not_say_so(db: Session, client: Visitor) -> None:
    person = expert(db, listed=False)
    db.commit()
    ref = ref_of(db, person)
    assert client.get(f"/experts/{ref}").status_code == 404
    assert "Chen Yu" not in client.get("/experts").text
    client.sign_in(person)
    said = {"keywords": "固态电池", "field": "energy", "about_en": "Solid electrolytes", "listed": "y"}
    assert (
        client.post(
            "/supply/expert", data={**said, "availability": "open", "weekly_letters": "2"}
        ).status_code
        == 302
    )
    client.sign_out()
    assert "Solid electrolytes" in client.get(f"/experts/{ref}").text
    assert "Chen Yu" in client.get("/experts?field=energy").text
    assert "Chen Yu" not in client.get("/experts?field=materials").text
    person.active = False
    db.commit()
    assert client.get(f"/experts/{ref}").status_code == 404


def test_whoever_is_listed_says_what_they_do(db: Session, client: Visitor) -> None:
    db.commit()
    client.sign_in(UserFactory())
    db.commit()
    answer = client.post(
        "/supply/expert", data={"listed": "y", "weekly_letters": "99", "availability": "open"}
    )
    assert answer.status_code == 422
    for field in ("field", "about_zh", "weekly_letters"):
        assert f'id="{field}-error"' in answer.text


def test_judging_reads_the_same_profile(db: Session) -> None:
    made = court(db)
    judge = actor_of(made.people[0])
    experts.save_profile(db, judge, KNOWN)
    experts.save(db, judge, "fog, cameras", ["en"])  # the short form of judging leaves the rest as it was
    known = expertise.of_panel(db, made.phase.id)[made.judges[0].id]
    assert (known.keywords, known.languages) == (("fog", "cameras"), {"en"})
    profile = experts.profile_of(db, made.people[0].id)
    assert profile is not None
    assert (profile.field, profile.listed) == ("energy", True)


def test_publications_come_once_from_bibtex_and_orcid(db: Session, client: Visitor) -> None:
    person = expert(db)
    db.commit()
    client.sign_in(person)
    assert "2 publications added." in send(client, BIBTEX)
    again = send(client, BIBTEX)
    assert "3 were there already and stay as they are." in again
    shown = send(client, json.dumps(ORCID).encode(), "works.json")
    assert "1 publication added." in shown  # the sintering is known by its title
    titles = [each.title for each in publications.of_person(db, person.id)]
    assert titles == ["Fast sintering", "Deep learning of öxides", "新材料"]
    client.sign_out()
    page = client.get(f"/experts/{ref_of(db, person)}").text
    assert "DOI 10.1038/abc.def" in page
    assert "About" not in page  # abstracts are not shown


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\x00", b"{}", b"[1, 2", b"[" * 5000, b"plain words", b"@" * 3000],
)
def test_a_file_that_is_none_is_refused_in_words(db: Session, client: Visitor, data: bytes) -> None:
    db.commit()
    client.sign_in(UserFactory())
    db.commit()
    assert "Some answers need a change" in send(client, data)


def test_texts_are_for_nobody_else(db: Session, client: Visitor) -> None:
    person = expert(db)
    experts.add_document(db, actor_of(person), "CANARY-TITLE", "CANARY-TEXT")
    db.commit()
    listed = directory.page(db)
    assert "CANARY" not in client.get(f"/experts/{listed[0].ref}").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_it_shows(
    db: Session, client: Visitor, statements, count: int
) -> None:  # type: ignore[no-untyped-def]
    for number in range(count):
        expert(db, name=f"Expert {number}")
    db.commit()
    with statements() as asked:
        assert client.get("/experts").text.count('class="req"') == count
    assert len(asked) <= 2, asked
