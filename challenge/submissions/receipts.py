"""Receipts and refusals: what exactly arrived, when by the database's clock, signed by this installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from challenge.audit import statements
from challenge.audit.chain import Head, instant_text
from challenge.audit.keys import keyring
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions.content import Frozen
from challenge.submissions.models import Submission


def issue(
    submission: Submission,
    requirement: Requirement | None,
    round_: Round,
    frozen: Frozen,
    number: int,
    at: dt.datetime,
    head: Head,
    unusual: Mapping[str, str],
) -> dict[str, Any]:
    """The signed receipt of a version: its files, the digest of its content, the time, the audit's head.

    `unusual` says by what else than the announced close it was in time; usually nothing.
    """
    return statements.sign(
        keyring(),
        {
            "kind": statements.RECEIPT,
            **_about(submission, requirement, round_, frozen, head),
            "version": number,
            "submitted_at": instant_text(at),
            **({"admitted": dict(unusual)} if unusual else {}),
        },
    )


def refuse(
    submission: Submission,
    requirement: Requirement | None,
    round_: Round,
    frozen: Frozen,
    arrived_at: dt.datetime,
    closed_at: dt.datetime,
    head: Head,
) -> dict[str, Any]:
    """The signed refusal of what came too late: what arrived, when, and that it was not entered."""
    return statements.sign(
        keyring(),
        {
            "kind": statements.REFUSAL,
            **_about(submission, requirement, round_, frozen, head),
            "arrived_at": instant_text(arrived_at),
            "closed_at": instant_text(closed_at),
        },
    )


def _about(
    submission: Submission, requirement: Requirement | None, round_: Round, frozen: Frozen, head: Head
) -> dict[str, Any]:
    return {
        "submission": submission.code,
        "ref": submission.ref,
        "round": round_.slug,
        "requirement": requirement.number if requirement else None,
        "manifest": frozen.manifest,
        "content_sha256": frozen.content_sha256,
        "audit": {"chain": head.chain, "seq": head.seq, "hash": head.hash},
    }
