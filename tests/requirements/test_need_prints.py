"""The paper form as a PDF: filled as the requirement stands, or blank; in either language."""

from __future__ import annotations

import pypdfium2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import services
from challenge.requirements.intake_models import NeedPrint
from challenge.work import drain
from tests.factories import UserFactory
from tests.requirements.needs import need, open_call
from tests.rigs.application import Visitor


def text_of(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def made(client: Visitor, db: Session, ask: str, get: str) -> bytes:
    assert client.get(get).status_code == 404
    for _twice in range(2):
        assert client.post(ask).status_code == 302
    db.commit()
    drain()
    answer = client.get(get)
    assert answer.status_code == 200
    return bytes(answer.data)


def test_a_requirement_is_printed_as_it_stands_for_those_who_read_all_of_it(
    client: Visitor, db: Session
) -> None:
    call = open_call()
    call.seeker.legal_representative = "马国梁"
    risky = need(goals="#panic() *bold*\r\n第二行 $x$", confidential_part="North hall.")
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, risky)
    path = f"/seek/requirements/{draft.ref}"
    client.sign_in(call.representative)
    text = text_of(made(client, db, f"{path}/paper", f"{path}/paper"))
    for said in (
        "弱光产线表面瑕疵视觉检测",
        "#panic() *bold*",
        "$x$",
        "马国梁",
        "99.20",
        "North hall.",
        "Seal",
    ):
        assert said in text
    assert "CNY 600,000" in text
    services.edit(db, call.as_seeker, draft.ref, need(goals="Newer goals."))
    db.commit()
    assert "Newer goals." in text_of(made(client, db, f"{path}/paper", f"{path}/paper"))
    assert db.scalar(sa.select(sa.func.count()).select_from(NeedPrint)) == 1
    assert client.sign_in(UserFactory()).get(f"{path}/paper").status_code == 403


@pytest.mark.parametrize(("locale", "said"), [("zh_CN", "委托开发"), ("en_US", "Entrusted R&D")])
def test_the_blank_form_comes_in_the_language_of_its_reader(
    client: Visitor, db: Session, locale: str, said: str
) -> None:
    client.sign_in(UserFactory(locale=locale))
    client.post("/reader", data={"locale": locale})
    assert "□ " + said in text_of(made(client, db, "/seek/paper-form", "/seek/paper-form.pdf"))
