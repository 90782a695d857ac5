"""People and organizations for tests; tests import them from tests.factories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory
from flask import current_app

from challenge.accounts.models import Membership, Organization, RoleGrant, User
from challenge.base.db import db
from challenge.rounds.models import Programme

PASSWORD = "correct horse battery staple"
# argon2id of PASSWORD, made once by the app's own settings the first time somebody needs it
_HASHES: dict[str, str] = {}


def password_hash() -> str:
    """The stored hash of PASSWORD, computed once per process and salt."""
    salt = current_app.config["SECURITY_PASSWORD_SALT"]
    if salt not in _HASHES:
        from flask_security.utils import hash_password

        _HASHES[salt] = hash_password(PASSWORD)
    return _HASHES[salt]


class _Base(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731 - factory_boy wants a callable here
        sqlalchemy_session_persistence = "flush"


class UserFactory(_Base):
    """A confirmed person. `represents=[organization]` and `organizes=[programme]` give roles."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(password_hash)
    fs_uniquifier = factory.Sequence(lambda n: f"{n:064d}")
    confirmed_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    locale = "en_US"

    @factory.post_generation
    def represents(self, _create: bool, organizations: Iterable[Organization] | None, **_kw: Any) -> None:
        for organization in organizations or ():
            MembershipFactory(user_id=self.id, organization=organization)  # type: ignore[attr-defined]

    @factory.post_generation
    def organizes(self, _create: bool, programmes: Iterable[Programme] | None, **_kw: Any) -> None:
        for programme in programmes or ():
            GrantFactory(user_id=self.id, role="organizer", scope="programme", scope_id=programme.id)  # type: ignore[attr-defined]


class OrganizationFactory(_Base):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"第{n}机构")
    name_en = factory.Sequence(lambda n: f"Organization {n}")
    kind = "company"


class MembershipFactory(_Base):
    class Meta:
        model = Membership
        exclude = ("organization",)

    organization = factory.SubFactory(OrganizationFactory)
    organization_id = factory.SelfAttribute("organization.id")
    user_id = factory.LazyAttribute(lambda _: UserFactory().id)
    representative = True


class GrantFactory(_Base):
    class Meta:
        model = RoleGrant
