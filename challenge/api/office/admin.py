"""Organizations and users, for administrators."""

from __future__ import annotations

from challenge.accounts import models, people, queries
from challenge.api import paging
from challenge.api.office.shapes import Look, Organization, User
from challenge.api.shapes import Data, asks, gives, gives_page
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, require


@asks(Look)
@gives_page(Organization)
def organizations(wanted: Data) -> paging.Page:
    """Organizations, newest first."""
    require(actor(), Action.USER_MANAGE)
    many = paging.limit()
    rows = queries.organizations(db.session, _text(wanted), paging.key(), many + 1)
    return paging.of(rows, lambda row: row.id, many)


@asks(Look)
@gives_page(User)
def users(wanted: Data) -> paging.Page:
    """Everyone with an account, newest first."""
    require(actor(), Action.USER_MANAGE)
    many = paging.limit()
    rows = queries.people(db.session, _text(wanted), paging.key(), many + 1)
    return paging.of(rows, lambda row: row.id, many)


@gives(User)
def user(ref: str) -> models.User:
    """One person."""
    require(actor(), Action.USER_MANAGE)
    return people.by_ref(db.session, ref)


def _text(wanted: Data) -> str:
    text: str = wanted.get("q", "")
    return text.replace("\0", "").strip()
