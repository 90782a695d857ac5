"""Signing: each side once, by whoever speaks for it and has confirmed to be it; the last one concludes.

A signature is on the digest of a version. Whoever signs names that digest, so that what was changed after the
page was opened is never signed unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed
from challenge.agreements import concluding, facts, signatures, trail
from challenge.agreements.facts import Held
from challenge.agreements.models import AgreementVersion
from challenge.agreements.signing_models import AgreementSignature, SigningFile
from challenge.audit import chain, statements
from challenge.audit.chain import Entry, Head, instant_text
from challenge.audit.keys import keyring
from challenge.files import derivatives
from challenge.files import services as files
from challenge.files.derivatives import WAITING
from challenge.files.receiving import Kept
from challenge.rules import signing as rules
from challenge.rules.agreements import told
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.tasks import queue
from challenge.tasks.queue import Work

MOST_FILES = 10  # of one person for one version
PICTURE_BYTES, SCAN_BYTES = 5 * 1024 * 1024, 50 * 1024 * 1024
TYPES = {
    "picture": ("image/png", "image/jpeg"),
    "scan": ("application/pdf", "image/png", "image/jpeg"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signature as it was asked for: on these terms, for this side, by this name and means."""

    digest: str
    side: str
    name: str
    method: str = "typed"
    file: str = ""  # the ref of what was uploaded: the picture, or the scan that is confirmed


def sign(
    session: Session, actor: Actor, ref: str, wanted: Wanted, confirmed: Confirmed
) -> AgreementSignature:
    """Sign for a side. The same signed twice is one signature, with the first one's time.

    Raises WrongState("terms_changed") where the version in force is another one or none is, and
    "agreement_terminated", "side_signed", "one_person_one_side", "file_not_ready"; Invalid by field.
    """
    confirmed.check(actor)
    held = facts.enter(session, actor, ref, Action.AGREEMENT_SIGN)
    version = _in_force(session, held, wanted.digest, again=True)
    stand = {each.side: each for each in signatures.standing(session, held.agreement)}
    own = stand.get(wanted.side)
    if own is not None and own.user_id == actor.user_id:
        return own
    signed_by = {side: each.user_id for side, each in stand.items()}
    rules.check_side(signatures.sides_of(held.agreement, actor), wanted.side, signed_by, confirmed.user_id)
    if held.agreement.state != "in_signature":
        raise WrongState("terms_changed")
    found = _add(session, actor, held, wanted)
    all_ = [*stand.values(), found]
    if signatures.waiting(held.agreement, all_):
        _record(session, actor, held, version, found, confirmed)
        return found
    terms = told(version.terms)
    agreed = concluding.conclude(session, held, terms)
    heads = _record(session, actor, held, version, found, confirmed, "agreed" if agreed else "signed")
    ids = _ids(held) | {"contract": terms.contract}
    queue.announce(session, "agreement.signed", _about(held), at=held.now, **ids)
    concluding.seal(session, held, version, all_, heads[1])
    return found


def _add(session: Session, actor: Actor, held: Held, wanted: Wanted) -> AgreementSignature:
    found = AgreementSignature(
        agreement_id=held.agreement.id,
        version=held.agreement.version,
        side=wanted.side,
        user_id=actor.user_id,
        name=rules.signer_name(wanted.name),
        method=_method(wanted),
        sha256=_sha256(session, held, actor, wanted),
        signed_at=held.now,
    )
    session.add(found)
    session.flush()
    return found


def upload(session: Session, actor: Actor, ref: str, digest: str, kind: str, kept: Kept) -> SigningFile:
    """Take the picture of my signature, or the scan of the paper that all have signed and stamped.

    It signs nothing by itself. The same bytes sent twice are one. Raises Invalid("files", ...), WrongState.
    """
    action = Action.AGREEMENT_SCAN if kind == "scan" else Action.AGREEMENT_SIGN
    held = facts.enter(session, actor, ref, action)
    version = _in_force(session, held, digest)
    if kind not in rules.FILE_KINDS or kept.media_type not in TYPES[kind]:
        raise Invalid("files", f"not_a_{kind}")
    here = sa.and_(
        SigningFile.agreement_id == held.agreement.id,
        SigningFile.version == version.number,
        SigningFile.kind == kind,
    )
    if kind == "scan" and _confirmed_scan(session, held):
        raise WrongState("scan_confirmed")
    mine = session.scalars(sa.select(SigningFile).where(here, SigningFile.user_id == actor.user_id)).all()
    for each in mine:
        if each.sha256 == kept.sha256:
            return each
    if len(mine) >= MOST_FILES:
        raise Invalid("files", "too_many_files", most=MOST_FILES)
    files.store(session, [kept], held.now)
    found = SigningFile(
        agreement_id=held.agreement.id,
        version=version.number,
        kind=kind,
        user_id=actor.user_id,
        name=kept.name,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
    )
    session.add(found)
    session.flush()
    _look_at(session, held, found)
    detail = {"version": version.number, "sha256": kept.sha256}
    trail.record(session, actor, f"agreement.{kind}_added", held.agreement, held.now, **detail)
    return found


def _look_at(session: Session, held: Held, found: SigningFile) -> None:
    """An engine looks whether it can be read; of a scan the parties are told."""
    if derivatives.lacking(session, [found.sha256]):
        queue.put(session, Work("derive", f"derive/{found.sha256}", {"sha256": found.sha256}), at=held.now)
    if found.kind == "scan":
        ids = {"agreement_id": found.agreement_id, "requirement_id": held.agreement.requirement_id}
        queue.announce(session, "agreement.scanned", _about(held), mark=found.ref, at=held.now, **ids)


def _in_force(session: Session, held: Held, digest: str, *, again: bool = False) -> AgreementVersion:
    """The version that is to be signed, if it is the one that was read; `again`: or was signed."""
    agreement = held.agreement
    if agreement.state == "terminated":
        raise WrongState("agreement_terminated")
    if agreement.state == "draft" or (agreement.state != "in_signature" and not again):
        raise WrongState("terms_changed")
    version = signatures.version_of(session, agreement)
    if version.digest != digest:
        raise WrongState("terms_changed")
    return version


def _method(wanted: Wanted) -> str:
    if wanted.method not in rules.METHODS:
        raise Invalid("method", "not_a_choice")
    return wanted.method


def _sha256(session: Session, held: Held, actor: Actor, wanted: Wanted) -> str | None:
    """The picture as it was drawn anew, or the scan as it came; none for a typed name."""
    if wanted.method == "typed":
        return None
    found = session.scalar(
        sa.select(SigningFile).where(
            SigningFile.ref == wanted.file,
            SigningFile.agreement_id == held.agreement.id,
            SigningFile.version == held.agreement.version,
            SigningFile.kind == wanted.method,
        )
    )
    if found is None or (found.kind == "picture" and found.user_id != actor.user_id):
        raise Invalid("file", "no_file" if not wanted.file else "file_gone")
    made = derivatives.of(session, [found.sha256]).get(found.sha256, WAITING)
    if made.state == "waiting":
        raise WrongState("file_not_ready")
    if made.state != "done" or not made.pages:
        raise Invalid("file", f"{found.kind}_unfit")
    other = _confirmed_scan(session, held) if found.kind == "scan" else None
    if other is not None and other != found.sha256:
        raise WrongState("scan_confirmed")
    return made.pages[0].sha256 if found.kind == "picture" else found.sha256


def _confirmed_scan(session: Session, held: Held) -> str | None:
    """The scan that some side has confirmed already: the others confirm the same one."""
    query = sa.select(AgreementSignature.sha256).where(
        AgreementSignature.agreement_id == held.agreement.id,
        AgreementSignature.method == "scan",
        AgreementSignature.fallen_at.is_(None),
    )
    return session.scalar(query.limit(1))


def _record(
    session: Session,
    actor: Actor,
    held: Held,
    version: AgreementVersion,
    found: AgreementSignature,
    confirmed: Confirmed,
    ends: str = "",
) -> list[Head]:
    """Record it and what it `ends` in: nothing yet, "signed", or "agreed" where the need is settled by it.

    Then sign what was recorded: the statement names its place there.
    """
    agreement, name = held.agreement, chain.round_chain(held.agreement.requirement.round_id)
    detail = {
        "requirement": agreement.requirement_id,
        "version": version.number,
        "sha256": version.digest,
        "kind": agreement.kind,
    }
    own = detail | {"side": found.side, "method": found.method}
    need = f"requirement:{agreement.requirement_id}"
    entries = [Entry(name, actor, "agreement.side_signed", _about(held), own)]
    if ends:
        entries.append(Entry(name, actor, "agreement.signed", _about(held), detail))
    if ends == "agreed":
        entries.append(Entry(name, actor, "requirement.agreed", need, {"agreement": agreement.id}))
    if not ends:
        ids = _ids(held)
        queue.announce(session, "agreement.side_signed", _about(held), mark=found.id, at=held.now, **ids)
    heads = chain.record_many(session, entries, at=held.now)
    found.document = _statement(held, version, found, confirmed, heads[0])
    session.flush()
    return heads


def _ids(held: Held) -> dict[str, Any]:
    return {
        "agreement_id": held.agreement.id,
        "requirement_id": held.agreement.requirement_id,
        "round_id": held.agreement.requirement.round_id,
    }


def _statement(
    held: Held, version: AgreementVersion, found: AgreementSignature, confirmed: Confirmed, head: Head
) -> dict[str, Any]:
    party = next((each for each in told(version.terms).parties if each.side == found.side), None)
    return statements.sign(
        keyring(),
        {
            "kind": rules.SIGNATURE,
            **concluding.bound(held, version).said,
            "side": found.side,
            "party": {"name": party.name, "code": party.code} if party is not None else None,
            "name": found.name,
            "method": found.method,
            "file_sha256": found.sha256,
            "identity": confirmed.by,
            "signed_at": instant_text(held.now),
            "audit": {"chain": head.chain, "seq": head.seq, "hash": head.hash},
        },
    )


def _about(held: Held) -> str:
    return f"agreement:{held.agreement.id}"
