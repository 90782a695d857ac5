"""What was agreed on for what is said to everyone and what goes out; `agreed` takes it up."""

from __future__ import annotations

from tests.rules.kinds import ADMINS, ANYONE, NOT_OVER, ORGANIZERS, PEOPLE, RUNNING, SEEKERS, VOTERS, May

PAGES: dict[str, tuple[May, ...]] = {
    "webhook:edit": (May(ORGANIZERS), May(SEEKERS)),
    "calendar:read": (May(ANYONE),),
    "programme:read": (May(ANYONE, public=True), May(ORGANIZERS), May(ADMINS)),
    "forum:post": (May(VOTERS, at=RUNNING, public=True),),
    "forum:edit": (May({"author", "former organizer", "writing broker"}, at=RUNNING, public=True),),
    "forum:watch": (May(PEOPLE, public=True),),
    "forum:moderate": (May(ORGANIZERS),),
    "question:ask": (May(PEOPLE, at=RUNNING, public=True),),
    "question:answer": (May(ORGANIZERS), May(SEEKERS)),
    "resource:edit": (May(ORGANIZERS, at=NOT_OVER),),
    "resource:open": (May(ANYONE, public=True), May(ORGANIZERS)),
    "terms:accept": (May(PEOPLE, public=True),),
}
