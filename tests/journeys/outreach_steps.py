"""The steps from a firm's paper form to a meeting: brought, confirmed, sent out, answered, docked."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from email.message import EmailMessage
from typing import Any

import openpyxl
from playwright.sync_api import Page, expect

from tests.journeys.people import ZONE, Town, answered, press, says
from tests.requirements.sheets import blank
from tests.requirements.test_hints import CODE
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.mail import Postman

FIRM, SOLVER = "firm@example.org", "solver@example.org"
# What stands beside which label of the paper form.
PAPER = {
    "需求方": "陇原铝业",
    "统一社会信用代码": CODE,
    "标题（中文）": "弱光产线表面瑕疵视觉检测",
    "标题（英文）": "Low-light surface-flaw vision",
    "要解决的问题（中文）": "铝带冷轧产线夜间照度低于 15 lx，现有相机的漏检率为 3.1 %。",
    "领域": "电子信息",
    "关键词": "视觉，铝带",
    "地区": "甘肃 兰州",
    "预算下限": 60,
    "预算上限": 100,
    "预算单位": "万元",
    "合作方式": "联合开发",
    "公开页面不显示我方名称": "是",
    "联系人": "马林",
    "电子邮箱": FIRM,
    "保密部分": "The customer is a secret.",
}
INDICATOR = ("检出率", "Detection rate", "≥", 99.2, "%", "必须")


def paper(**changes: Any) -> tuple[bytes, str]:
    """The paper form as a firm fills it, and the cell beside the label of the last change."""
    book: Any = openpyxl.load_workbook(io.BytesIO(blank(named=True, kind="form")))
    sheet, at, said = book.worksheets[0], "", PAPER | changes
    for row in sheet.iter_rows():
        label = row[0].value
        if label in said:
            row[1].value = said[label]
            at = row[1].coordinate if label in changes else at
        if label == "指标（中文）":
            for place, value in enumerate(INDICATOR):
                sheet.cell(row[0].row + 1, place + 1).value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue(), at


def bring(town: Town, page: Page, slug: str) -> None:
    """A broker brings the form: with a sum in the wrong unit, which is told by its cell; then right."""
    town.go(page, "/seek/behalf")
    page.locator(f"main a[href='/seek/rounds/{slug}/workbooks/all']").click()
    wrong, cell = paper(预算上限=1)
    right, _none = paper()
    for data, words in ((wrong, cell), (right, "1 requirement taken in")):
        file: Any = {"name": "需求表.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        page.locator("input[type=file]").set_input_files(file)
        with answered(page):
            page.get_by_role("button", name="Check the workbook").click()
        # The page looks again by itself until the workbook is read.
        expect(page.locator("#books")).to_contain_text(words, timeout=20_000)
    expect(page.locator("#books")).to_contain_text("1 link sent to a firm")


def letter(smtp: Postman, to: str, words: str, number: int = 1) -> EmailMessage:
    """So many mails to an address have these words in their subjects; the last of them as it was sent."""
    for _ in range(200):
        found = [each for each in smtp.to(to) if words in str(each["Subject"])]
        if len(found) >= number:
            return found[number - 1]
        time.sleep(0.05)
    said = [str(each["Subject"]) for each in smtp.letters]
    raise AssertionError(f"no letter to {to} about {words!r}: {said}")


def link(mail: EmailMessage, room: str) -> str:
    """The link into a room in a mail's plain text."""
    text = mail.get_body(["plain"])
    assert text is not None
    found = re.search(rf"/{room}/\S+", text.get_content())
    assert found is not None, text.get_content()
    return found[0]


def claim(town: Town, page: Page, smtp: Postman) -> str:
    """The firm opens its link, confirms what was written for it, and hands it in."""
    town.go(page, link(letter(smtp, FIRM, "confirm"), "invitations"))
    press(page, "Accept")
    press(page, "Confirm it as it stands")
    found = re.search(r"/requirements/(\w+)", page.url)
    assert found is not None
    town.go(page, f"/seek/requirements/{found[1]}/submit")
    press(page, "Hand in to the organizer")
    return found[1]


def accept_for_branch(town: Town, page: Page, branch: str) -> None:
    """The branch's manager reads what lies at its desk, and accepts it."""
    town.go(page, f"/organize/branches/{branch}")
    page.get_by_role("link", name=re.compile("Low-light")).click()
    press(page, "Accept it for the branch")


def sees_nothing(town: Town, page: Page, own: str, other: str, need: str) -> None:
    """Another branch's manager: no need in the list, no page of the branch, and none of the need."""
    town.go(page, "/organize/branches")
    assert page.locator(f"main a[href*='{own}']").count()
    assert not page.locator(f"main a[href*='{other}']").count()
    town.go(page, f"/organize/branches/{own}?state=published")
    expect(page.locator("main")).not_to_contain_text("Low-light")
    for path in (f"/organize/branches/{other}", f"/organize/branches/requirements/{need}"):
        answer = page.goto(town.server.url + path)
        assert answer is not None
        assert answer.status in (403, 404), path


def send_out(town: Town, page: Page, slug: str, ref: str, listed: str) -> None:
    """The organizer sends the need to a list of plain addresses."""
    town.go(page, f"/organize/rounds/{slug}/distribution/send?need={ref}")
    page.get_by_label(f"{listed} (1)").check()
    page.get_by_role("button", name="Who gets it?").click()
    says(page, "1 recipient gets it")
    press(page, "Send 1 message")
    says(page, "1 message is on its way.")


def say_yes(town: Town, page: Page, smtp: Postman) -> None:
    """A recipient without an account follows the link of the mail as sent, and answers."""
    town.go(page, link(letter(smtp, SOLVER, "Low-light"), "answers"))
    looked_over(page)
    page.get_by_label("A few words, if you like").fill("We have a sensor.")
    press(page, "I am interested")
    says(page, "You said yes.")


def counted(town: Town, page: Page, slug: str, ref: str, *figures: int) -> None:
    """The list of needs counts for this one: sent to, opened, interested."""
    town.go(page, f"/organize/rounds/{slug}/distribution")
    row = page.get_by_role("row", name=re.compile("Low-light"))
    for name, figure in zip(("Sent to", "Opened", "Interested"), figures, strict=True):
        expect(row.locator(f"[data-th='{name}']")).to_have_text(str(figure))
    town.go(page, f"/organize/rounds/{slug}/distribution/{ref}")
    says(page, "We have a sensor.")


def pair_up(page: Page) -> None:
    """From who answered to the room where meetings are planned."""
    page.get_by_role("link", name="Plan a meeting").click()
    press(page, "Go on to the first meeting")


def meet(page: Page, now: dt.datetime, **outcome: str) -> None:
    """Plan a meeting of an hour that begins now, and say what came of it."""
    start = now.astimezone(ZONE)
    form = page.locator("form[action$='/plan']")
    form.get_by_label("Begins").fill(start.strftime("%Y-%m-%d %H:%M"))
    form.get_by_label("Ends").fill((start + dt.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"))
    expect(form.get_by_label("For the candidate")).to_have_value(re.compile(SOLVER))
    press(page, "Plan it")
    says(page, "Everybody named gets an invitation.")
    settle = page.locator("form[action$='/settle']").first
    for label, value in outcome.items():
        field = settle.get_by_label(label.replace("_", " "))
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with answered(page):
        settle.get_by_role("button", name="Save").click()


def looked_over(page: Page) -> None:
    """Nothing grave is wrong with the page, and nothing sticks out of it."""
    assert grave_faults(page) == []
    assert not overflow(page)
