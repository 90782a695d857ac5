"""Tables of signing: what people sign with, their signatures, the record of all, its papers, the registry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.agreement_lives import REGISTRATION
from challenge.rules.agreements import SIDES
from challenge.rules.signing import FILE_KINDS, METHODS, PAPERS

AGREEMENT, PERSON, BLOB = "agreement.id", "user_account.id", "blob.sha256"
_STANDS = sa.text("fallen_at IS NULL")


class SigningFile(Base):
    """Uploaded to sign one version with: the picture of a signature, or the scan of the stamped paper.

    What an engine made of it, its pages as pictures, is in `derivative`: until that is done, nobody signs
    with it.
    """

    __tablename__ = "signing_file"
    __table_args__ = (
        one_of("kind", *FILE_KINDS),
        sa.Index(None, "agreement_id", "version"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey(AGREEMENT, ondelete="CASCADE"))
    version: Mapped[int]
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey(BLOB), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str]
    created_at: Mapped[Created]


class AgreementSignature(Base):
    """One side's signature on one version. It never changes; when the terms do, it falls, and stays as such.

    `name` is what stands on the paper: it outlives the account, as the paper does.
    """

    __tablename__ = "agreement_signature"
    __table_args__ = (
        one_of("side", *SIDES),
        one_of("method", *METHODS),
        sa.CheckConstraint("method = 'typed' OR sha256 IS NOT NULL", name="file"),
        # One signature a side, and one side a person, among those that stand.
        sa.Index(
            "uq_agreement_signature_side",
            *("agreement_id", "side"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index(
            "uq_agreement_signature_person",
            *("agreement_id", "user_id"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey(AGREEMENT, ondelete="CASCADE"), index=True)
    version: Mapped[int]
    side: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    name: Mapped[str]
    method: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey(BLOB), index=True)  # the picture, or the scan
    document: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the signed statement
    signed_at: Mapped[dt.datetime]
    fallen_at: Mapped[dt.datetime | None]


class AgreementRecord(Base):
    """What was signed by all, as one signed document; by its digest anyone learns that it was."""

    __tablename__ = "agreement_record"

    agreement_id: Mapped[int] = mapped_column(
        sa.ForeignKey(AGREEMENT, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    document: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]


class AgreementPaper(Base):
    """The PDF of terms: `signed` by all, `proposed` to be signed on it, or a `draft`."""

    __tablename__ = "agreement_paper"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "digest", "kind"), one_of("kind", *PAPERS))

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey(AGREEMENT, ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(sa.String(64))  # of its terms
    kind: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey(BLOB), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]


class RegistryStep(Base):
    """One step at the registry of technology contracts: filed, registered under a number, refused."""

    __tablename__ = "registry_step"
    __table_args__ = (one_of("state", *sorted(REGISTRATION.states)),)

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey(AGREEMENT, ondelete="CASCADE"), index=True)
    state: Mapped[str]
    number: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
