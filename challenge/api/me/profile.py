"""Who acts: profile, roles, organizations, tokens."""

from __future__ import annotations

from typing import Any

from challenge.accounts import api_tokens, people, queries
from challenge.accounts.models import User
from challenge.api import answers, paging
from challenge.api.me.shapes import Me, Profile, Seat, Token
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, require


@gives(Me)
def profile() -> Any:
    """Who acts with this token, and as what."""
    require(actor(), Action.ACCOUNT_USE)
    return _tagged(_person())


@takes(Profile)
@gives(Me)
def edit(typed: Data) -> Any:
    """Change the profile."""
    require(actor(), Action.ACCOUNT_USE)
    person = _person()
    answers.check_match(_tag(person))
    said = {
        name: typed.get(name, getattr(person, name)) for name in ("name", "affiliation", "locale", "zone")
    }
    people.edit_profile(db.session, actor(), people.Profile(**said))
    return _tagged(_person())


def _person() -> User:
    return db.session.get_one(User, actor().user_id)


def _tag(person: User) -> str:
    return answers.tag_of([person.name, person.affiliation, person.locale, person.zone])


def _tagged(person: User) -> tuple[Data, int, Data]:
    names = ("ref", "name", "email", "affiliation", "locale", "zone", "admin")
    roles = sorted(actor().grants, key=lambda each: (each.role, each.scope, each.scope_id))
    body = {name: getattr(person, name) for name in names} | {"roles": roles}
    return body, 200, answers.tagged(None, _tag(person))


@gives_page(Seat)
def organizations() -> Data:
    """The organizations that I belong to."""
    require(actor(), Action.ACCOUNT_USE)
    seats = queries.seats_of(db.session, actor().user_id or 0)
    return paging.whole(
        [
            {
                "ref": each.organization.ref,
                "name": each.organization.name,
                "name_en": each.organization.name_en,
                "representative": each.representative,
            }
            for each in seats
        ]
    )


@gives_page(Token)
def tokens() -> Data:
    """My tokens, without their secrets; new ones are made on the page of the account."""
    require(actor(), Action.ACCOUNT_USE)
    return paging.whole(api_tokens.of(db.session, actor().user_id))


@gives(Token)
def revoke(ref: str) -> Any:
    """Take a token back, this one too."""
    return api_tokens.revoke(db.session, actor(), ref)
