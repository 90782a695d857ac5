"""The steps of a competition in the browser, in the order in which a round lives through them."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import (
    Town,
    answered,
    download,
    fill,
    moment,
    press,
    says,
    send,
    wait_until,
)


def found_organization(town: Town, seeker: Page) -> None:
    """The seeker registers the company that they represent."""
    town.go(seeker, "/work")
    town.go(seeker, "/organizations/new")
    fill(seeker, name="陇原铝业", name_en="Longyuan Aluminium", kind="company")
    send(seeker)
    says(seeker, "Longyuan Aluminium")


def launch_round(town: Town, page: Page, plan: dict[str, tuple[dt.datetime, dt.datetime]]) -> str:
    """The organizer makes a programme and a round with windows of seconds, and launches it."""
    town.go(page, "/organize/programmes/new")
    fill(page, title_zh="河西创新挑战赛", title_en="Hexi Innovation Challenge")
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"/rounds/first"))
    page.get_by_role("link", name="Begin with an empty form instead").click()
    page.wait_for_url(re.compile(r"/rounds/new"))
    fill(page, title_zh="第一季", title_en="First round", notice_days="0")
    for stage, (opens, closes) in plan.items():
        moment(page, f"{stage}_opens", opens)
        moment(page, f"{stage}_closes", closes)
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"/organize/rounds/"))
    slug = re.search(r"/organize/rounds/([^/?]+)", page.url)
    assert slug is not None
    town.go(page, f"/organize/rounds/{slug[1]}/prizes")
    if not page.locator("[name$='-name_zh']").count():
        page.get_by_role("button", name="Add a prize", exact=True).click()
    page.locator("[name$='-name_zh']").first.fill("一等奖")
    page.locator("[name$='-name_en']").first.fill("First prize")
    send(page)
    town.go(page, f"/organize/rounds/{slug[1]}/launch")
    press(page, "Launch now")
    return slug[1]


def post_requirement(town: Town, page: Page) -> str:
    """The seeker posts a need, anonymous, with a confidential part; without a target it is refused."""
    town.go(page, "/seek/new")
    press(page, "Go on to the form")
    ref = re.search(r"/requirements/([^/?]+)", page.url)
    assert ref is not None
    fill(
        page,
        title_zh="弱光产线表面瑕疵视觉检测",
        title_en="Low-light surface-flaw vision",
        summary_en="Find flaws in the dark.",
        problem_en="Our line runs below 15 lx. Present cameras miss 3.1 % of flaws.",
        field="electronics",
        keywords="vision, polarisation",
        budget_min="60",
        budget_max="100",
        budget_unit="CNY-wan",
        confidential_part="The customer is a secret.",
        anonymous="yes",
    )
    page.locator("[name='modes']").first.check()
    fill(page, **{"indicators-0-name_en": "Detection rate", "indicators-0-unit": "%"})
    press(page, "Save and check")
    says(page, "target")
    town.go(page, f"/seek/requirements/{ref[1]}/edit")
    fill(page, **{"indicators-0-target": "99.2"})
    press(page, "Save and check")
    press(page, "Hand in to the organizer")
    return ref[1]


def screen(town: Town, page: Page, slug: str) -> None:
    """The organizer returns it once, with reasons."""
    town.go(page, f"/organize/rounds/{slug}/requirements")
    page.get_by_role("link", name=re.compile("Low-light")).first.click()
    form = page.locator("form[action$='/return']")
    form.locator("textarea").fill("Say how the detection rate is measured.")
    press(page, "Return")


def hand_in_again(town: Town, page: Page, ref: str) -> None:
    """The seeker reads the reasons, adds what was missing, hands in again."""
    town.go(page, f"/seek/requirements/{ref}")
    says(page, "Say how the detection rate is measured.")
    town.go(page, f"/seek/requirements/{ref}/edit")
    fill(page, goals="Measured on 500 m of strip.")
    press(page, "Save and check")
    press(page, "Hand in to the organizer")


def publish(town: Town, page: Page, slug: str) -> None:
    """The organizer publishes it; the public page keeps the seeker's name and secret."""
    town.go(page, f"/organize/rounds/{slug}/requirements")
    page.get_by_role("link", name=re.compile("Low-light")).first.click()
    press(page, "Publish", confirm="Publish")
    visitor = town.stranger()
    town.go(visitor, f"/rounds/{slug}")
    visitor.get_by_role("link", name=re.compile("Low-light")).first.click()
    says(visitor, "99.2")
    text = visitor.content()
    assert "Longyuan" not in text
    assert "secret" not in text


def ask(town: Town, page: Page, need: str) -> None:
    """The solver asks a question on the requirement."""
    town.go(page, f"/requirements/{need}")
    page.get_by_role("link", name="Ask a question").first.click()
    page.locator("main form textarea").first.fill("Are sample images available?")
    send(page)


def answer(town: Town, page: Page, slug: str) -> None:
    """The organizer answers it for everyone."""
    town.go(page, f"/organize/rounds/{slug}/questions")
    page.locator("main a[href*='/questions/']").first.click()
    page.locator("main form textarea").first.fill("Yes, 6,400 of them after an NDA.")
    send(page)


def submit(town: Town, page: Page, need: str, folder: Path) -> Path:
    """The solver submits with a file, replaces it, withdraws, submits again; the last receipt as a file."""
    town.go(page, f"/solve/new/{need}")
    press(page, "Begin a draft")
    ref = re.search(r"/solve/([^/?]+)", page.url)
    assert ref is not None
    town.go(page, f"/solve/{ref[1]}/edit")
    fill(
        page,
        title="Polarised vision",
        summary="Four directions.",
        proposal="We replace the line-scan camera.",
        trl_now="6",
        trl_delivery="8",
        quote="80",
        quote_unit="wan",
        schedule="Six months.",
        team_name="Team Light",
        original="yes",
    )
    page.locator("[name$='-met'][value='met']").first.check()
    page.locator("[name$='-evidence']").first.fill("Measured on 1,200 m.")
    proposal = folder / "proposal.pdf"
    proposal.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    page.locator("input[type=file]").set_input_files(proposal)
    press(page, "Save and review")
    says(page, "proposal.pdf")
    press(page, "Submit")
    says(page, "This is your receipt; keep it.")
    town.go(page, f"/solve/{ref[1]}/withdraw")
    press(page, "Withdraw it")
    town.go(page, f"/solve/{ref[1]}/review")
    press(page, "Submit")
    says(page, "This is your receipt; keep it.")
    return download(page, "Save the receipt", folder)


def check_receipt(town: Town, receipt: Path) -> None:
    """The receipt holds, by command; one altered byte is found."""
    assert json.loads(receipt.read_text(encoding="utf-8"))
    town.server.flask("receipt", "verify", str(receipt))
    forged = receipt.with_name("forged.json")
    forged.write_text(
        receipt.read_text(encoding="utf-8")
        .replace("Polarised", "Polarized", 1)
        .replace('"version":2', '"version":1')
        .replace('"version": 2', '"version": 1'),
        encoding="utf-8",
    )
    with pytest.raises(AssertionError):
        town.server.flask("receipt", "verify", str(forged))


def announce(town: Town, page: Page, slug: str) -> None:
    """The organizer posts an announcement that everyone sees."""
    town.go(page, f"/organize/rounds/{slug}/announcements")
    fill(page, title_en="Questions hour", body_en="Thursday at 15:00.")
    press(page, "Post it", confirm="Post it")
    visitor = town.stranger()
    town.go(visitor, f"/rounds/{slug}/announcements")
    says(visitor, "Questions hour")


def assign_panel(town: Town, page: Page, slug: str, count: int) -> None:
    """The organizer puts judges on the panel."""
    for number in range(1, count + 1):
        town.go(page, f"/organize/rounds/{slug}/panel")
        fill(page, email=f"judge{number}@example.org")
        with answered(page):
            page.locator("button[name='how'][value='add']").click()
    says(page, f"Judge {count}")


def late_is_refused(town: Town, page: Page) -> None:
    """After the close nothing can be changed any more, and the page says so."""
    town.go(page, "/solve/")
    says(page, "Closed")


def assign(town: Town, page: Page, slug: str) -> None:
    """The organizer has the best assignment searched and takes it."""
    town.go(page, f"/organize/rounds/{slug}/assignments")
    press(page, "Search the best assignment")
    # The page looks again by itself until the search is done.
    expect(page.get_by_role("button", name="Assign all of these")).to_be_visible(timeout=30_000)
    press(page, "Assign all of these")
    expect(page.locator("body")).not_to_contain_text("Assign all of these")


def declaration(town: Town, page: Page) -> None:
    """A judge opens the first thing in the queue."""
    town.go(page, "/judge/")
    with answered(page):
        page.locator("main a[href*='/declaration']").first.click()


def recuse(town: Town, page: Page) -> None:
    """A judge declares a conflict and steps back."""
    declaration(town, page)
    page.locator("[name='answer']").last.check()
    page.locator("textarea[name='reason']").fill("We share a contract.")
    press(page, "Declare")


def score(town: Town, page: Page, points: str) -> None:
    """A judge declares no conflict, scores every criterion, locks."""
    declaration(town, page)
    page.locator("[name='answer']").first.check()
    press(page, "Declare")
    town.go(page, "/judge/")
    with answered(page):
        page.locator("main a.btn.main[href^='/judge/']").first.click()
    text = page.content()
    assert "Team Light" not in text
    assert "Sofia" not in text
    fields = page.locator("input[name^='score-']")
    for index in range(fields.count()):
        fields.nth(index).fill(points)
    press(page, "Lock and go to next", confirm="Lock")
    expect(page.locator("body")).to_contain_text(re.compile("locked", re.IGNORECASE))


def fix_ranking(town: Town, page: Page, slug: str) -> None:
    """The organizer makes the ranking official and proposes awards."""
    town.go(page, f"/organize/rounds/{slug}/ranking")
    press(page, "Fix the ranking", confirm="Fix it")
    town.go(page, f"/organize/rounds/{slug}/awards")
    press(page, "Propose awards", confirm="Propose awards")


def decide(town: Town, page: Page) -> None:
    """The seeker confirms the proposed entry."""
    town.go(page, "/seek/decisions")
    page.locator("main a[href*='/seek/decisions/']").first.click()
    page.locator("[name='verdict'][value='confirmed']").check()
    press(page, "Give your word", confirm="Give it")


def finish(town: Town, page: Page, other: Page, slug: str) -> None:
    """The organizer starts the public notice and prepares the results; another one approves them."""
    town.go(page, f"/organize/rounds/{slug}/awards/notice")
    moment(page, "ends_at", dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    press(page, "Start the notice", confirm="Start the notice")
    visitor = town.stranger()
    town.go(visitor, f"/rounds/{slug}/results")
    says(visitor, "public notice")
    town.end_notice(slug)
    town.go(page, f"/organize/rounds/{slug}/awards/publication")
    press(page, "Prepare for approval")
    town.go(other, f"/organize/rounds/{slug}/awards/publication")
    press(other, "Approve the results", confirm="Approve")
    town.end_delay(slug)
    wait_until(town, visitor, f"/rounds/{slug}/results", "Final.")
