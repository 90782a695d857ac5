"""Tables of people and organizations."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

ORGANIZATION_KINDS = ("company", "university", "institute", "agency", "public", "other")
ROLES = ("organizer", "manager", "judge", "auditor", "representative", "broker")


class User(Base, UserMixin):
    """A person who can sign in. `fs_uniquifier` changes to sign out everywhere."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    ref: Mapped[Ref]
    email: Mapped[str] = mapped_column(sa.String(255), unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    confirmed_at: Mapped[dt.datetime | None]
    last_login_at: Mapped[dt.datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[dt.datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int | None]  # type: ignore[assignment]
    name: Mapped[str] = mapped_column(default="")
    affiliation: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="zh_CN")
    zone: Mapped[str | None]
    admin: Mapped[bool] = mapped_column(default=False)
    # Messages not read yet: kept with each that comes and goes, so that no page counts them.
    unread: Mapped[int] = mapped_column(default=0, server_default="0")
    second_factor: Mapped[bool] = mapped_column(default=False)  # an authenticator or a passkey is set up
    created_at: Mapped[Created]

    # Flask-Security asks; our roles hold *for something*, see RoleGrant.
    roles: ClassVar[tuple[()]] = ()  # type: ignore[assignment,misc]


class Organization(Base):
    """A company, university, institute, agency or public body; branches name their parent."""

    __tablename__ = "organization"
    __table_args__ = (one_of("kind", *ORGANIZATION_KINDS),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    name: Mapped[str]
    name_en: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="company")
    region: Mapped[str | None]
    registration_code: Mapped[str | None] = mapped_column(unique=True)
    profile: Mapped[str] = mapped_column(default="")
    legal_representative: Mapped[str] = mapped_column(default="")  # on papers, never on a public page
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[Created]


class Membership(Base):
    """A person belongs to an organization; a representative may speak for it."""

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("user_id", "organization_id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    representative: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class RoleGrant(Base):
    """A role that holds for one thing: organizer of a programme, judge of a round."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "role", "scope", "scope_id"),
        sa.Index(None, "scope", "scope_id"),
        one_of("role", *ROLES),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[str]
    scope: Mapped[str]
    scope_id: Mapped[int]
    until_at: Mapped[dt.datetime | None] = mapped_column(index=True)  # it holds no more from then on
    created_at: Mapped[Created]

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Invitation(Base):
    """A link that gives a role to whoever proves to own the address; only the token's digest is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of(
            "role",
            *("organizer", "manager", "judge", "team", "representative", "broker", "claim", "confidential"),
        ),
    )

    id: Mapped[Key]
    token_digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    role: Mapped[str]
    scope: Mapped[str]
    scope_id: Mapped[int]
    invited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    expires_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    revoked_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]
    decline_reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # what whoever invites knows of the person, as far as it was said


class OrganizationAlias(Base):
    """Another name of an organization, a former one above all; `name_key` is how it is compared."""

    __tablename__ = "organization_alias"
    __table_args__ = (sa.UniqueConstraint("organization_id", "name_key"),)

    id: Mapped[Key]
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organization.id", ondelete="CASCADE"))
    name: Mapped[str]
    name_key: Mapped[str]
    created_at: Mapped[Created]
