"""An agreement as a paper: its terms, who signed how and when, and a page that tells how to verify it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload, undefer

from challenge.agreements import papers, signatures
from challenge.agreements.models import Agreement
from challenge.agreements.papers import Wanted
from challenge.agreements.proposing import frozen
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.models import Blob
from challenge.files.storage import storage
from challenge.flow import agreement_terms as words
from challenge.messages import links
from challenge.requirements.models import Requirement
from challenge.rules.agreements import SIDES, Terms, digest, told, written
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

Said = Mapping[str, Any]
Engine = Callable[[Said, str], bytes]


@dataclass(frozen=True, slots=True)
class Found:
    """What is printed: the agreement, its terms, and what was signed, if it was."""

    agreement: Agreement
    terms: Terms
    record: AgreementRecord | None
    signed: Sequence[AgreementSignature]
    pictures: Mapping[str, list[int]]  # digest -> bytes
    at: dt.datetime

    @property
    def document(self) -> dict[str, Any]:
        """What the paper carries: the signed record; of a draft its terms, which prove nothing."""
        if self.record is not None:
            return self.record.document
        return {"draft": written(self.terms), "terms_sha256": digest(self.terms)}


def of_signed(session: Session, facts: Said) -> list[Work]:
    """All have signed: the paper of it."""
    record = session.get(AgreementRecord, facts["agreement_id"])
    return [Wanted(record.agreement_id, record.digest, "signed").work] if record is not None else []


def make(task: Leased, engine: Engine) -> None:
    """Have the engine print what the row of work names, and keep it under its digest."""
    wanted = Wanted(**task.payload)
    with fresh_session() as session:
        found = _found(session, wanted)
        if found is None:
            queue.finish(session, task)
            return  # changed since it was asked for: the page asks for what stands now
        with i18n.reading_as("zh_CN" if found.terms.lang == "zh" else "en_US", None):
            said = _said(found)
        carried = json.dumps(found.document, ensure_ascii=False, indent=1)
    printed = engine(said, carried)
    with storage().in_use():
        sha256 = storage().put(printed)
        with fresh_session() as session:
            papers.keep(session, wanted, sha256, len(printed), clock.now(session))
            queue.finish(session, task)


def _found(session: Session, wanted: Wanted) -> Found | None:
    query = (
        sa.select(Agreement)
        .where(Agreement.id == wanted.agreement_id)
        .options(
            undefer(Agreement.terms),
            joinedload(Agreement.requirement, innerjoin=True).joinedload(Requirement.round, innerjoin=True),
        )
    )
    agreement = session.scalar(query)
    if agreement is None:
        return None
    if wanted.kind != "signed":
        right = papers.wanted(agreement, None) == wanted and agreement.signed_at is None
        terms = frozen(told(agreement.terms))
        return Found(agreement, terms, None, (), {}, agreement.updated_at) if right else None
    record = session.get(AgreementRecord, agreement.id)
    if record is None or record.digest != wanted.digest:
        return None
    signed = sorted(signatures.standing(session, agreement), key=lambda each: SIDES.index(each.side))
    terms = told(record.document["statement"]["terms"])
    return Found(agreement, terms, record, signed, _pictures(session, signed), record.created_at)


def _pictures(session: Session, signed: Sequence[AgreementSignature]) -> dict[str, list[int]]:
    digests = {each.sha256 for each in signed if each.method == "picture" and each.sha256}
    sizes = session.execute(sa.select(Blob.sha256, Blob.size).where(Blob.sha256.in_(digests)))
    return {key: list(b"".join(storage().read(key, 0, size))) for key, size in sizes}


def _said(found: Found) -> dict[str, Any]:
    """What `templates/print/agreement.typ` names."""
    terms, agreement, at = found.terms, found.agreement, found.at
    number = agreement.number or agreement.ref
    signed = found.record is not None
    return {
        "lang": terms.lang,
        "region": "CN" if terms.lang == "zh" else "US",
        "installation": links.home(),
        "kind": words.one(words.KINDS[terms.kind], terms.lang),
        "title": terms.title or words.one(words.KINDS[terms.kind], terms.lang),
        "number": _("No. %(number)s", number=number),
        "draft": _("Draft") if not signed and agreement.state != "in_signature" else "",
        "lead": "" if signed else _lead(agreement),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "parties": {"title": _("The parties"), "rows": words.parties(terms)},
        "parts": words.parts(terms),
        "signatures": {"title": _("Signatures"), "rows": _blocks(found)},
        "audit": _audit(found) if signed else None,
        "footer": " · ".join(filter(None, [number, f"SHA-256 {digest(terms)[:16]}…"])),
        "verify": {"url": _address(found) if signed else ""},
        "attachment": {
            "name": f"agreement-{number}.json",
            "description": _("The signed record, for programs") if signed else _("The terms of the draft"),
        },
    }


def _lead(agreement: Agreement) -> str:
    if agreement.state == "in_signature":
        return _(
            "Version %(number)s, to be signed. It binds nobody until all have signed.",
            number=agreement.version,
        )
    return _("A draft: nobody has signed it, and it binds nobody.")


def _blocks(found: Found) -> list[dict[str, Any]]:
    """A block for each party: as it signed, or with lines to sign on."""
    by_side = {each.side: each for each in found.signed}
    blanks = [_("Signature and seal"), _("Date")]
    rows = []
    for party in found.terms.parties:
        own = by_side.get(party.side)
        block: dict[str, Any] = {
            "side": words.one(words.SIDES[party.side], found.terms.lang),
            "party": party.name,
            "blanks": blanks if own is None else [],
            "name": "",
            "picture": [],
            "alt": "",
            "lines": [],
        }
        if own is not None:
            zone = found.agreement.requirement.round.zone
            block |= {
                "name": own.name,
                "picture": found.pictures.get(own.sha256 or "", []),
                "alt": _("Signature of %(name)s", name=own.name),
                "lines": [_method(own.method), _moment(own.signed_at, zone)],
            }
        rows.append(block)
    return rows


def _method(method: str) -> str:
    return {
        "typed": _("Signed by name, identity confirmed by password"),
        "picture": _("Signed by hand, identity confirmed by password"),
        "scan": _("Signed and stamped on paper, the scan confirmed by password"),
    }[method]


def _audit(found: Found) -> dict[str, Any]:
    record = found.record
    assert record is not None
    said, key = record.document["statement"], record.document["signature"]["key"]
    zone = found.agreement.requirement.round.zone
    chain = said["audit"]
    rows = [
        (_("Number, version"), f"{said['number']}, V{said['version']}", False),
        (_("SHA-256 of the terms"), said["terms_sha256"], True),
        (_("Signed by all"), _moment(record.created_at, zone), False),
        (_("The same, UTC"), said["signed_at"], True),
        (_("Audit trail"), f"{chain['chain']}, {chain['seq']}", False),
        (_("Audit entry"), chain["hash"], True),
        (_("Signed with key"), key, True),
        (_("Ed25519 signature"), record.document["signature"]["value"], True),
    ]
    return {
        "title": _("Audit page"),
        "lead": _(
            "This installation has signed what stands here. The signed record is attached to this file."
        ),
        "facts": [{"label": label, "value": value, "code": code} for label, value, code in rows],
        "signed": [_line(each, found.terms, zone) for each in found.signed],
        "verify": {
            "title": _("How to verify"),
            "alt": _("QR code of the page that knows this agreement by its hash"),
            "url": _address(found),
            "steps": [
                _("The page below says whether an agreement of this hash was signed here, and nothing else."),
                _("Whoever runs this installation: flask --app wsgi agreement verify THIS.pdf"),
            ],
        },
    }


def _line(signature: AgreementSignature, terms: Terms, zone: str) -> dict[str, Any]:
    said = signature.document["statement"]
    side = words.one(words.SIDES[signature.side], terms.lang)
    rows = [
        (_("Signed by"), signature.name, False),
        (_("How"), _method(signature.method), False),
        (_("When"), _moment(signature.signed_at, zone), False),
        (_("The same, UTC"), said["signed_at"], True),
        (_("SHA-256 of the file"), signature.sha256, True),
        (_("Audit trail"), f"{said['audit']['chain']}, {said['audit']['seq']}", False),
    ]
    return {
        "title": side,
        "facts": [{"label": label, "value": value, "code": code} for label, value, code in rows if value],
    }


def _address(found: Found) -> str:
    return links.link("signing.proof", sha256=digest(found.terms))


def _moment(at: dt.datetime, zone: str) -> str:
    """An instant with its year and seconds: a paper is read years later."""
    local, name = at.astimezone(ZoneInfo(zone)), i18n.zone_name(at, zone)
    if i18n.reader().zh:
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}，{name}"
    return f"{local.day} {local:%b %Y, %H:%M:%S} {name}"
