"""A round's evidence as one zip for its auditor: made while it is sent, its list of digests signed.

What it holds is what the auditor's pages show, whole: the record of the round with its fingerprints, receipts
and refusals with what examining them gives, papers, overrides, readings, conflicts, scorecards with their
earlier versions, rankings with their inputs reckoned once more. No proposal and no address is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from challenge.audit import anchors, chain, statements
from challenge.audit.keys import keyring
from challenge.audit.models import AuditEntry
from challenge.base.db import fresh_session
from challenge.exchange import entries
from challenge.exchange.packing import Member, as_json, as_lines
from challenge.files.models import Blob
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.reports import evidence, reckoning
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.submissions.paper_models import Paper

KIND = "challenge-evidence/1"
FIELDS = ("kind", "where", "field", "stored", "found")  # of a difference
README = """\
赛季证据 / Evidence of a round
==============================

record.jsonl       审计记录，含指纹 / the record of the round, each entry with its fingerprint
heads.json         各链的末端，已签名 / where the chains end, signed: flask audit verify --anchor heads.json
receipts/          回执与拒收证明（已签名） / receipts and refusals, signed
receipts.json      对每份的验证结果 / what verifying each of them gave
papers/            其 PDF / their PDFs
overrides.json     人工决定及理由 / what people decided otherwise, and why
reads.jsonl        谁读过什么 / who read what
conflicts.jsonl    利益冲突及其处理 / conflicts and how they were decided
scorecards.jsonl   已锁定的评分表及其早先版本 / locked scorecards and their earlier versions
rankings.json      排名、输入摘要与重新计算的结果 / rankings, digests of their inputs, reckoned again
keys.json          验证用公钥 / the public keys to verify with
contents.json      以上各文件的大小与 SHA-256，已签名 / size and SHA-256 of each of these, signed

verify: python3 verify_receipt.py receipts/FILE.json --keys keys.json
"""


def members(round_id: int) -> Iterator[Member]:
    """The files, each read when its turn comes."""
    yield Member("README.txt", [README.encode()])
    yield Member("record.jsonl", as_lines(_record(round_id)))
    with fresh_session() as session:
        heads = statements.sign(keyring(), anchors.of_now(session))
    yield Member("heads.json", [as_json(heads)])
    yield Member("keys.json", [as_json(statements.published(keyring()))])
    yield from _statements(round_id)
    yield from _papers(round_id)
    for name, part in (
        ("overrides.json", evidence.overrides),
        ("rankings.json", _rankings),
    ):
        with fresh_session() as session:
            found = part(session, round_id)
        yield Member(name, [as_json([_plain(each) for each in found])])
    with fresh_session() as session:
        read = evidence.reads(session, round_id, most=None)
        cases = evidence.cases(session, round_id)
        cards = evidence.cards(session, round_id)
    yield Member("reads.jsonl", as_lines(asdict(each) for each in read))
    yield Member("conflicts.jsonl", as_lines(asdict(each) for each in cases))
    yield Member("scorecards.jsonl", as_lines(asdict(each) for each in cards))


def sealed(contents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The list of all files with their digests, signed by this installation."""
    return statements.sign(keyring(), {"kind": KIND, "files": list(contents)})


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict) else asdict(value)


def _record(round_id: int) -> Iterator[dict[str, Any]]:
    names = ("chain", "seq", "actor", "action", "subject", "detail", "previous", "hash")
    after = 0
    while True:
        with fresh_session() as session:
            mine = (AuditEntry.chain == chain.round_chain(round_id), AuditEntry.seq > after)
            rows = session.scalars(
                sa.select(AuditEntry).where(*mine).order_by(AuditEntry.seq).limit(500)
            ).all()
            batch = [
                {**{name: getattr(each, name) for name in names}, "at": chain.instant_text(each.at)}
                for each in rows
            ]
        yield from batch
        if len(batch) < 500:
            return
        after = batch[-1]["seq"]


def _statements(round_id: int) -> Iterator[Member]:
    """Each receipt and refusal as it was signed, then what examining them gave."""
    verdicts: list[dict[str, Any]] = []
    with fresh_session() as session:
        code = (Submission.round_id == round_id,)
        receipts = sa.select(Submission.code, Version.number, Version.receipt)
        query = receipts.join(Version, Version.submission_id == Submission.id).where(*code)
        found = [(f"{entry}-{number}", each) for entry, number, each in session.execute(query)]
        late = sa.select(Submission.code, LateArrival.id, LateArrival.refusal)
        query = late.join(LateArrival, LateArrival.submission_id == Submission.id).where(*code)
        found += [(f"{entry}-late-{number}", each) for entry, number, each in session.execute(query)]
    for name, document in found:
        if not document:
            verdicts.append({"name": name, "verdict": "erased"})
            continue
        examined = statements.examine(keyring(), statements.canonical(document))
        verdicts.append({"name": name, "verdict": examined.verdict.value, "key": examined.key})
        yield Member(f"receipts/{name}.json", [as_json(document)])
    yield Member("receipts.json", [as_json(verdicts)])


def _papers(round_id: int) -> Iterator[Member]:
    with fresh_session() as session:
        query = (
            sa.select(Submission.code, Version.number, Paper.locale, Blob.sha256, Blob.size)
            .join(Version, Version.submission_id == Submission.id)
            .join(Paper, Paper.version_id == Version.id)
            .join(Blob, Blob.sha256 == Paper.sha256)
            .where(Submission.round_id == round_id)
            .order_by(Submission.code, Version.number, Paper.id)
        )
        found = session.execute(query).all()
    for code, number, locale, sha256, size in found:
        yield Member(
            f"papers/{code}-{number}-{locale}-{sha256[:8]}.pdf", entries.blob(sha256, size), packed=False
        )


def _rankings(session: Any, round_id: int) -> list[dict[str, Any]]:
    """Rankings in force: method, decisions, digest, lines, and what reckoning them again gave."""
    again = {each.ref: each for each in reckoning.rankings(session, round_id)}
    query = (
        sa.select(Ranking)
        .join(Phase, Phase.id == Ranking.phase_id)
        .where(Phase.round_id == round_id, sa.not_(Ranking.superseded))
    )
    found = []
    for each in session.scalars(query.order_by(Phase.number)).all():
        rows = sa.select(Submission.code, RankingRow.place, RankingRow.total, RankingRow.panel)
        lines = session.execute(
            rows.join(Submission, Submission.id == RankingRow.submission_id)
            .where(RankingRow.ranking_id == each.id)
            .order_by(RankingRow.position)
        )
        reckoned = again[each.ref]
        found.append(
            {
                "ref": each.ref,
                "phase": reckoned.phase,
                "created_at": each.created_at,
                "method": each.method,
                "decisions": each.decisions,
                "inputs_sha256": each.input_digest,
                "rows": [row._asdict() for row in lines],
                "reckoned_again": {
                    "equal": reckoned.equal,
                    "inputs_sha256": reckoned.found,
                    "differences": [
                        {name: str(getattr(one, name)) for name in FIELDS} for one in reckoned.differences
                    ],
                },
            }
        )
    return found
