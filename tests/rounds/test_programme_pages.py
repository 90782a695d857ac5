"""What a programme says of itself: pages in versions, partners with logos, frequent questions."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rounds import programme_pages
from challenge.rounds.models import Programme
from challenge.rounds.programme_models import ProgrammePage, ProgrammePartner
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, UserFactory, organizer_of
from tests.files.specimens import png
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

ABOUT = {
    "title_zh": "关于我们",
    "title_en": "About us",
    "body_zh": "# 目标\n\n为企业找到 **技术** 。",
    "body_en": "",
}


@pytest.fixture
def programme(db: Session) -> Programme:
    return RoundFactory(stage=Stage.SUBMISSION).programme  # type: ignore[no-any-return]


@pytest.fixture
def organizer(client: Visitor, db: Session, programme: Programme) -> Visitor:
    return client.sign_in(organizer_of(programme))


def rooms(programme: Programme) -> str:
    return f"/organize/programmes/{programme.slug}/pages"


def write(organizer: Visitor, programme: Programme, then: str = "", **changes: str) -> str:
    """Write a page; where its form is."""
    answer = organizer.post(f"{rooms(programme)}/new", data={**ABOUT, "then": then, **changes})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_page_is_read_by_everyone_once_it_is_published(
    organizer: Visitor, visitor: Any, programme: Programme
) -> None:
    page = write(organizer, programme)
    public = f"/programmes/{programme.slug}/pages/about-us"
    assert visitor().get(public).status_code == 404
    assert "Nobody but you reads this page yet." in organizer.get(page + "/preview").text
    organizer.post(page + "/publish", data={"version": "1"})
    shown = visitor().get(public).text
    assert "<strong>技术</strong>" in shown
    assert '<div lang="zh-CN">' in shown  # the body's other language, marked
    assert "About us" in visitor().get(f"/programmes/{programme.slug}").text
    organizer.post(page + "/withdraw")
    assert visitor().get(public).status_code == 404


def test_a_draft_over_a_published_page_stays_a_draft_and_old_versions_can_come_back(
    organizer: Visitor, visitor: Any, programme: Programme
) -> None:
    page = write(organizer, programme, then="publish")
    organizer.post(page, data={**ABOUT, "body_zh": "第二版。", "slug": "about-us"})
    public = f"/programmes/{programme.slug}/pages/about-us"
    assert "第二版" not in visitor().get(public).text
    assert "第二版" in organizer.get(page + "/preview").text
    assert "技术" in organizer.get(page + "/preview?version=1").text
    organizer.post(page + "/publish", data={"version": "2"})
    assert "第二版" in visitor().get(public).text
    organizer.post(page + "/publish", data={"version": "1"})
    assert "第二版" not in visitor().get(public).text
    assert organizer.post(page + "/publish", data={"version": "9"}).status_code == 404


def test_sent_twice_a_page_is_one_and_an_unchanged_one_makes_no_version(
    organizer: Visitor, db: Session, programme: Programme
) -> None:
    assert write(organizer, programme) == write(organizer, programme)
    page = db.scalars(sa.select(ProgrammePage)).one()
    assert page.version == 1


def test_script_and_raw_html_do_not_reach_the_page(
    organizer: Visitor, visitor: Any, programme: Programme
) -> None:
    write(organizer, programme, then="publish", body_en="<script>alert(1)</script> [x](javascript:alert(1))")
    shown = visitor().get(f"/programmes/{programme.slug}/pages/about-us").text
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize(
    "change", [{"title_zh": "", "title_en": ""}, {"body_en": "x" * 30_001}, {"slug": "Not a slug"}]
)
def test_a_fault_comes_back_to_its_field(
    organizer: Visitor, db: Session, programme: Programme, change: dict[str, str]
) -> None:
    answer = organizer.post(f"{rooms(programme)}/new", data={**ABOUT, **change})
    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert db.scalars(sa.select(ProgrammePage)).all() == []


def test_pages_are_put_into_order(organizer: Visitor, db: Session, programme: Programme) -> None:
    for name in ("One", "Two", "Three"):
        last = write(organizer, programme, title_en=name)
    organizer.post(last + "/up")
    titles = [row.title_en for row in programme_pages.listed(db, programme.id, published=False)]
    assert titles == ["One", "Three", "Two"]


def test_partners_have_logos_and_questions_have_answers(
    organizer: Visitor, visitor: Any, db: Session, programme: Programme
) -> None:
    new = f"/organize/programmes/{programme.slug}/partners/new"
    wrong = {"name_en": "Evil", "url": "javascript:alert(1)", "level": "main"}
    assert organizer.post(new, data=wrong, content_type="multipart/form-data").status_code == 422
    document = {"name_en": "Text", "level": "main", "files": (io.BytesIO(b"plain words"), "logo.txt")}
    assert organizer.post(new, data=document).status_code == 422
    sent = {"name_en": "Northern Steel", "url": "https://steel.example", "level": "main"}
    answer = organizer.post(new, data={**sent, "files": (io.BytesIO(png()), "logo.png")})
    assert answer.status_code == 302, answer.text
    partner = db.scalars(sa.select(ProgrammePartner)).one()
    question = {"question_en": "Who may enter?", "answer_en": "Everyone.", "shown": "y"}
    organizer.post(f"/organize/programmes/{programme.slug}/answers/new", data=question)
    hidden = {"question_en": "Hidden?", "answer_en": "Yes."}
    organizer.post(f"/organize/programmes/{programme.slug}/answers/new", data=hidden)
    shown = visitor().get(f"/programmes/{programme.slug}").text
    for words in ("Northern Steel", "Main partner", "Who may enter?", "Everyone."):
        assert words in shown
    assert "Hidden?" not in shown
    logo = visitor().get(f"/programmes/{programme.slug}/partners/{partner.ref}/logo")
    assert (logo.mimetype, logo.data) == ("image/png", png())
    assert "sandbox" in logo.headers["Content-Security-Policy"]
    organizer.post(f"/organize/programmes/{programme.slug}/partners/{partner.ref}/remove")
    assert "Northern Steel" not in visitor().get(f"/programmes/{programme.slug}").text


def test_only_organizers_write_and_a_programme_without_a_public_round_is_theirs(
    organizer: Visitor, visitor: Any, db: Session, programme: Programme
) -> None:
    page = write(organizer, programme)
    stranger = visitor(UserFactory())
    for path in (rooms(programme), page, page + "/preview", f"{rooms(programme)}/new"):
        assert stranger.get(path).status_code == 403
    for path in (page, page + "/publish", f"/organize/programmes/{programme.slug}/answers/new"):
        assert stranger.post(path, data=ABOUT).status_code == 403
    hidden = RoundFactory(stage=Stage.DRAFT)
    theirs = organizer_of(hidden.programme)
    path = f"/programmes/{hidden.programme.slug}"
    assert stranger.get(path).status_code == 403
    assert visitor(theirs).get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_one_and_with_three(
    organizer: Visitor, visitor: Any, programme: Programme, statements: Counting, count: int
) -> None:
    for number in range(count):
        write(organizer, programme, then="publish", title_en=f"Page {number}")
        question = {"question_en": f"Question {number}?", "answer_en": "Yes.", "shown": "y"}
        organizer.post(f"/organize/programmes/{programme.slug}/answers/new", data=question)
    reader = visitor()
    with statements() as counted:
        reader.get(f"/programmes/{programme.slug}")
    assert len(counted) <= 10, counted
