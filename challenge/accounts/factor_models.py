"""Tables of signing in: where somebody is signed in, and what beside a password proves who they are."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref


class SignIn(Base):
    """One sign-in on one device, from then until it is ended; its cookie carries the token, we its digest."""

    __tablename__ = "sign_in"
    __table_args__ = (sa.Index(None, "user_id", "ended_at"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    device_digest: Mapped[str] = mapped_column(sa.String(64))  # of the browser's own lasting mark
    browser: Mapped[str] = mapped_column(sa.String(20))
    system: Mapped[str] = mapped_column(sa.String(20))
    network: Mapped[str] = mapped_column(sa.String(50))  # a prefix, never the whole address
    means: Mapped[str] = mapped_column(sa.String(40))
    known: Mapped[
        int | None
    ]  # 1: an earlier one was on this device, 0: none was, NULL: it is the first of all
    created_at: Mapped[Created]
    seen_at: Mapped[Created]
    ended_at: Mapped[dt.datetime | None]


class Authenticator(Base):
    """An app that shows codes. Its secret is sealed; a code counts once: `step` is the last that was used."""

    __tablename__ = "authenticator"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str]
    step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[Created]
    confirmed_at: Mapped[dt.datetime | None]
    used_at: Mapped[dt.datetime | None]


class RecoveryCode(Base):
    """A code on paper for the day when the other factors are lost; it works once."""

    __tablename__ = "recovery_code"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    code_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[Created]
    used_at: Mapped[dt.datetime | None]


class Passkey(Base):
    """A passkey: the public half of a key that a device, a phone or a password keeper holds."""

    __tablename__ = "passkey"

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    name: Mapped[str] = mapped_column(sa.String(100))
    transports: Mapped[list[str]]
    created_at: Mapped[Created]
    used_at: Mapped[dt.datetime | None]


class FactorRule(Base):
    """Who works in this programme has to have a second factor."""

    __tablename__ = "factor_rule"

    # By number alone, as a role's scope is: programmes stand on a floor above.
    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[Created]


class FactorReset(Base):
    """An administrator takes lost factors off an account; its owner is told and can object until `due_at`."""

    __tablename__ = "factor_reset"

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    reason: Mapped[str]
    created_at: Mapped[Created]
    due_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
