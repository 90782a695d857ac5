"""What a recipient can do with the link, and what it cannot do for others."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution import tokens
from challenge.distribution.models import Dispatch
from challenge.flow.errands import drain
from tests.distribution.stories import Office, office
from tests.factories import RequirementFactory, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

ONE, TWO = "one@example.com", "two@example.com"
ENGLISH = {"Accept-Language": "en"}
BROWSER = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def desk(db: Session, mailbox: Mailbox) -> Office:
    """A need on its way to one address, the letter written."""
    made = office(db)
    made.send(ONE)
    assert len(mailbox.letters) == 1
    return made


def link(desk: Office, address: str = ONE) -> str:
    return f"/answers/{tokens.write(tokens.ANSWER, desk.posting(address).ref)}"


def test_a_scanner_that_follows_the_link_answers_nothing(
    desk: Office, mailbox: Mailbox, client: Visitor
) -> None:
    path = mailbox.link(ONE)
    assert path == link(desk)
    for _ in range(2):
        page = client.get(path, headers=ENGLISH)
        assert "Low-light flaw vision" in page.text
    assert desk.dispatch(ONE).state == "sent"
    assert client.get(f"{path}/{desk.dispatch(ONE).ref}/interested").status_code == 405
    ahead = client.get(path, headers={**BROWSER, "Sec-Purpose": "prefetch;prerender"})
    assert (ahead.status_code, desk.dispatch(ONE).state) == (200, "sent")
    assert client.head(path, headers=BROWSER).status_code == 200
    assert desk.dispatch(ONE).state == "sent"


@pytest.mark.parametrize("how", ["page", "script"])
def test_a_page_that_somebody_looks_at_is_opened_with_or_without_a_script(
    desk: Office, client: Visitor, how: str
) -> None:
    for _twice in range(2):
        if how == "page":
            assert client.get(link(desk), headers=BROWSER).status_code == 200
        else:
            assert client.post(f"{link(desk)}/opened").status_code == 204
        assert (desk.dispatch(ONE).state, desk.dispatch(ONE).answered_at) == ("opened", None)
    assert desk.dispatch(ONE).opened_at is not None


def test_a_forwarded_link_answers_once_for_whom_it_was_written_to(desk: Office, client: Visitor) -> None:
    """Whoever gets it from its reader sees whose it is, and that it was used."""
    ref = desk.dispatch(ONE).ref
    client.post(f"{link(desk)}/{ref}/interested")
    colleague = client.sign_in(UserFactory(email=TWO))
    page = colleague.get(link(desk), headers=ENGLISH).text
    assert f"Sent to {ONE}" in page
    assert "You said yes." in page
    again = colleague.post(
        f"{link(desk)}/{ref}/declined",
        data={f"{ref}-reason": "terms"},
        headers=ENGLISH,
        follow_redirects=True,
    )
    assert "This was answered at" in again.text
    assert desk.dispatch(ONE).state == "interested"


def test_yes_tells_whoever_looks_after_the_need(desk: Office, client: Visitor, mailbox: Mailbox) -> None:
    ref = desk.dispatch(ONE).ref
    for _ in range(2):  # pressed twice
        said = client.post(
            f"{link(desk)}/{ref}/interested", data={f"{ref}-note": "We have a sensor."}, headers=ENGLISH
        )
        assert said.status_code == 302
    assert desk.dispatch(ONE).state == "interested"
    assert "You said yes." in client.get(link(desk), headers=ENGLISH).text
    (letter,) = mailbox.to(desk.organizer.email)
    assert "We have a sensor." in letter.body
    no = client.post(
        f"{link(desk)}/{ref}/declined",
        data={f"{ref}-reason": "terms"},
        headers=ENGLISH,
        follow_redirects=True,
    )
    assert "This was answered at" in no.text
    assert desk.dispatch(ONE).state == "interested"


def test_no_needs_a_reason_and_may_become_a_yes(desk: Office, client: Visitor) -> None:
    ref = desk.dispatch(ONE).ref
    refused = client.post(f"{link(desk)}/{ref}/declined", headers=ENGLISH)
    assert (refused.status_code, "Choose one of the list." in refused.text) == (422, True)
    other = client.post(f"{link(desk)}/{ref}/declined", data={f"{ref}-reason": "other"}, headers=ENGLISH)
    assert (other.status_code, "Fill this in." in other.text) == (422, True)
    client.post(f"{link(desk)}/{ref}/declined", data={f"{ref}-reason": "no_fit"})
    assert (desk.dispatch(ONE).state, desk.dispatch(ONE).reason) == ("declined", "no_fit")
    client.post(f"{link(desk)}/{ref}/interested")
    assert (desk.dispatch(ONE).state, desk.dispatch(ONE).reason) == ("interested", None)


def test_passing_on_writes_to_the_other_with_a_link_of_its_own(
    desk: Office, client: Visitor, mailbox: Mailbox
) -> None:
    ref = desk.dispatch(ONE).ref
    for _ in range(2):
        client.post(f"{link(desk)}/{ref}/forward", data={f"{ref}-to": TWO})
    child = desk.dispatch(TWO)
    assert (desk.dispatch(ONE).state, child.origin, child.parent_id) == (
        "forwarded",
        "forward",
        desk.dispatch(ONE).id,
    )
    (letter,) = mailbox.to(TWO)
    assert "passed it on to you" in letter.body
    assert ONE not in letter.body
    own = client.post(f"{link(desk)}/{ref}/forward", data={f"{ref}-to": ONE}, headers=ENGLISH)
    assert "This is your own address." in own.text


@pytest.mark.parametrize("change", ["cut", "other", "mark"])
def test_an_altered_link_says_so(desk: Office, client: Visitor, change: str) -> None:
    path = link(desk)
    altered = {
        "cut": path[:-3],
        "other": f"/answers/{desk.recipient(ONE).ref}{path[path.index('.') :]}",
        "mark": path.rsplit(".", 1)[0],
    }[change]
    page = client.get(altered, headers=ENGLISH)
    assert (page.status_code, "was changed on its way" in page.text) == (404, True)


def test_an_expired_link_and_a_need_that_is_over_say_so(desk: Office, client: Visitor, db: Session) -> None:
    ref = desk.dispatch(ONE).ref
    desk.dispatch(ONE).expires_at = clock.now(db) - dt.timedelta(hours=1)
    assert "The time to answer is over." in client.get(link(desk), headers=ENGLISH).text
    late = client.post(f"{link(desk)}/{ref}/interested", headers=ENGLISH, follow_redirects=True)
    assert "This waited for an answer until" in late.text
    desk.dispatch(ONE).expires_at = clock.now(db) + dt.timedelta(days=1)
    desk.need.state = "withdrawn"
    assert "A need that is over" in client.get(link(desk), headers=ENGLISH).text
    over = client.post(f"{link(desk)}/{ref}/interested", headers=ENGLISH, follow_redirects=True)
    assert "takes no answers any more" in over.text


def test_one_click_ends_the_letters_and_a_page_brings_them_back(desk: Office, client: Visitor) -> None:
    path = f"/unsubscribe/{tokens.write(tokens.LEAVE, desk.recipient(ONE).ref)}"
    assert client.get(path).status_code == 200
    assert desk.recipient(ONE).unsubscribed_at is None
    clicked = client.post(path, data={"List-Unsubscribe": "One-Click"}, token=False)
    assert clicked.status_code == 204
    assert desk.recipient(ONE).unsubscribed_at is not None
    assert client.post(f"{path}/limit", data={"most": "99"}).status_code == 422
    client.post(f"{path}/limit", data={"most": "1"})
    assert (desk.recipient(ONE).most, desk.recipient(ONE).unsubscribed_at) == (1, None)


def test_a_shared_link_has_a_code_and_sends_whoever_asks_a_letter(
    desk: Office, client: Visitor, mailbox: Mailbox
) -> None:
    client.sign_in(desk.organizer)
    room = f"/organize/rounds/{desk.round.slug}/distribution/{desk.need.ref}"
    client.post(f"{room}/share")
    drain()
    page = client.get(room, headers=ENGLISH).text
    assert "<svg" in page
    client.sign_out()
    path = page[page.index("/share/") :][: len("/share/") + 12]
    assert "Low-light flaw vision" in client.get(path, headers=ENGLISH).text
    for address in (TWO, TWO, ONE):
        asked = client.post(path, data={"email": address}, headers=ENGLISH)
        assert "Look into your mail." in asked.text  # the same words, whatever is known of the address
    (letter,) = mailbox.to(TWO)
    assert "proves that the address is yours" in letter.body
    assert desk.dispatch(TWO).origin == "share"
    assert len(mailbox.to(ONE)) == 1


def test_an_inbox_is_its_owner_s(desk: Office, visitor: object, db: Session) -> None:
    reader = UserFactory()
    desk.send(people=(reader,), channels=("inbox",))
    mine, other = visitor(reader), visitor(UserFactory())  # type: ignore[operator]
    assert "Low-light flaw vision" in mine.get("/inbox", headers=ENGLISH).text
    assert "Low-light flaw vision" not in other.get("/inbox", headers=ENGLISH).text
    ref, path = desk.dispatch(reader.email).ref, link(desk, reader.email)
    assert other.post(f"{path}/{ref}/interested").status_code == 403
    assert mine.post(f"{path}/{ref}/interested").status_code == 302
    assert desk.dispatch(reader.email).state == "interested"


def test_an_anonymous_seeker_stays_so_in_every_letter_page_and_line(
    db: Session, mailbox: Mailbox, visitor: object
) -> None:
    from challenge.audit.models import AuditEntry
    from tests.factories import OrganizationFactory

    secret = OrganizationFactory(name="kestrel机构", name_en="Kestrel Ltd", profile="kestrel")
    hidden = office(db, seeker_organization=secret, anonymous=True, confidential_part="kestrel")
    reader = UserFactory()
    hidden.send(ONE, people=(reader,), channels=("mail", "inbox"))
    nobody, mine = visitor(), visitor(reader)  # type: ignore[operator]
    organizer = visitor(hidden.organizer)  # type: ignore[operator]
    room = f"/organize/rounds/{hidden.round.slug}/distribution"
    organizer.post(f"{room}/{hidden.need.ref}/share")
    letters = [f"{each.subject}{each.body}{each.html}" for each in mailbox.letters]
    page = organizer.get(f"{room}/{hidden.need.ref}").text
    shared = page[page.index("/share/") :][: len("/share/") + 12]
    client_pages = [nobody.get(link(hidden)), nobody.get(shared), mine.get("/inbox"), mine.get("/work")]
    client_pages += [mine.get(link(hidden, reader.email)), visitor(hidden.broker).get(room)]  # type: ignore[operator]
    told = [*letters, *(each.text for each in client_pages)]
    told += [f"{each.subject}{each.detail}" for each in db.scalars(sa.select(AuditEntry))]
    assert len(letters) == 2
    assert all(each.status_code == 200 for each in client_pages)
    assert [text for text in told if "kestrel" in text.lower()] == []


def test_a_digest_is_answered_need_by_need(db: Session, mailbox: Mailbox, client: Visitor) -> None:
    desk = office(db)
    other = RequirementFactory(round=desk.round, title_en="Quiet pump")
    desk.send(ONE, needs=[desk.need, other])
    assert mailbox.letters
    ref = desk.dispatch(ONE, other).ref
    client.post(f"{link(desk)}/{ref}/interested")
    assert sorted(db.scalars(sa.select(Dispatch.state))) == ["interested", "sent"]
