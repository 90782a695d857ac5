"""The judged half of a measured world: submissions, a judge's queue, scorecards, standings and rankings."""

from __future__ import annotations

from decimal import Decimal

from bench.posted import CLOSED, DAY, JUDGED, RANKED, Posted
from challenge.judging.models import (
    Assignment,
    Criterion,
    PanelJudge,
    Phase,
    Ranking,
    RankingRow,
    Scorecard,
    Standing,
)
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rules.scoring import Method
from challenge.submissions.models import Submission, Version

QUEUE = 12  # assignments of the judge who is measured
ENTRIES = 2000  # of the organizer's ranking


class Judged(Posted):
    """Adds what solvers and judges did to what was posted."""

    def submissions(self) -> None:
        """Entries of the three rounds and one draft: `QUEUE` to be judged, 2,000 ranked, `size` published."""
        plan = [(JUDGED, QUEUE), (RANKED, ENTRIES), (CLOSED, max(self.size, 50))]
        rows = ((round_id, n) for round_id, count in plan for n in range(1, count + 1))
        text = "We replace the line-scan camera by four-direction micro-polarisers. " * 20
        values = {"summary": "Four directions.", "proposal": text, "quote": 80_000_000, "original": 1}
        content = {"title": "Polarised low-light vision", "form": 0, "values": values, "answers": []}
        self.put(
            Submission,
            (
                {
                    "id": i,
                    "ref": f"entry{i:07d}",
                    "code": f"S-{i:06d}",
                    "round_id": round_id,
                    "state": "submitted",
                }
                | {"requirement_id": round_id, "title": f"Polarised vision {n}", "team_name": f"Team {n}"}
                | {"submitted_at": self.now - 3 * DAY, "owner_id": None, "organization_id": None}
                | {"values": values if i <= QUEUE else {"proposal": "Micro-polarisers."}, "marks": {}}
                for i, (round_id, n) in enumerate(rows, start=1)
            ),
        )
        self.put(
            Version,
            (
                {"submission_id": i, "number": 1, "current": True, "content": content, "manifest": []}
                | {"submitted_at": self.now - 3 * DAY, "receipt": {}}
                for i in range(1, QUEUE + 1)
            ),
        )

    def judging(self) -> None:
        """Phases with four criteria, the judge's queue, standings and rankings."""
        self.put(
            Phase,
            (
                {"id": i, "round_id": i, "number": 1, "blindness": "blind", "per_entry": 3}
                | {"method": Method().to_json()}
                for i in (JUDGED, RANKED, CLOSED)
            ),
        )
        names = ("Fit to indicators", "Feasibility", "Innovation", "Cost")
        self.put(
            Criterion,
            (
                {"id": phase * 10 + n, "phase_id": phase, "position": n, "name_en": name, "name_zh": name}
                | {"guidance_en": "Compare every target.", "minimum": Decimal(0), "maximum": Decimal(10)}
                | {"step": Decimal("0.5"), "weight": Decimal("2.5")}
                for phase in (JUDGED, RANKED, CLOSED)
                for n, name in enumerate(names, start=1)
            ),
        )
        self.put(
            PanelJudge,
            (
                {"id": i, "phase_id": JUDGED, "user_id": 1 if i == 1 else None, "label": f"J{i}"}
                for i in range(1, 10)
            ),
        )
        self.put(
            Assignment,
            (
                {"id": n, "ref": f"task{n:08d}", "phase_id": JUDGED, "judge_id": 1, "submission_id": n}
                | {"state": "accepted", "declared_at": self.now - DAY}
                for n in range(1, QUEUE + 1)
            ),
        )
        self._cards()
        self._standings()

    def _cards(self) -> None:
        """Other judges' locked scorecards, as many as the world is large, in the ranked phase."""
        self.put(
            PanelJudge,
            ({"id": 100 + i, "phase_id": RANKED, "user_id": None, "label": f"J{i}"} for i in range(1, 51)),
        )
        count = min(self.size, ENTRIES * 50)
        pairs = ((n // ENTRIES + 1, n % ENTRIES + 1) for n in range(count))
        self.put(
            Assignment,
            (
                {"id": 1000 + i, "ref": f"more{i:08d}", "phase_id": RANKED, "judge_id": 100 + judge}
                | {"submission_id": QUEUE + entry, "state": "completed", "declared_at": self.now}
                for i, (judge, entry) in enumerate(pairs)
            ),
        )
        self.put(
            Scorecard,
            (
                {"assignment_id": 1000 + i, "state": "locked", "total": Decimal(80), "saved_at": self.now}
                | {"locked_at": self.now}
                for i in range(count)
            ),
        )

    def _standings(self) -> None:
        for phase, first, count in (
            (RANKED, QUEUE + 1, ENTRIES),
            (CLOSED, QUEUE + ENTRIES + 1, max(self.size, 50)),
        ):
            panel = {str(phase * 10 + n): "8.25" for n in range(1, 5)}
            totals = [Decimal(9000 - n * 8999 // count) / 100 for n in range(count)]
            self.put(
                Standing,
                (
                    {
                        "phase_id": phase,
                        "submission_id": first + n,
                        "total": total,
                        "panel": panel,
                        "scorecards": 5,
                    }
                    for n, total in enumerate(totals)
                ),
            )
            ranking = {
                "id": phase,
                "ref": f"rank{phase:08d}",
                "phase_id": phase,
                "method": Method().to_json(),
            }
            self.put(
                Ranking,
                iter([ranking | {"input_digest": "0" * 64, "created_at": self.now, "superseded": False}]),
            )
            self.put(
                RankingRow,
                (
                    {"ranking_id": phase, "submission_id": first + n, "position": n + 1, "place": n + 1}
                    | {"shared": False, "total": total, "panel": panel, "trail": []}
                    for n, total in enumerate(totals)
                ),
            )
            self._calibration(phase, first, totals)

    def _calibration(self, phase: int, first: int, totals: list[Decimal]) -> None:
        """What stands beside the ranking: an estimate for every entry, and five judges."""
        judges = [
            {"label": f"J{n}", "severity": n - 3.0, "low": n - 4.0, "high": n - 2.0}
            | {"scale": 1.0, "noise": 2.0, "cards": 10}
            for n in range(1, 6)
        ]
        detail = {"axis": [0.0, 100.0], "published": ["S"], "calibrated": ["S"], "tosses": [], "tossed": 0}
        self.put(
            Calibration,
            iter(
                [
                    {"id": phase, "phase_id": phase, "ranking_id": phase, "state": "done", "reason": None}
                    | {"model": "severity", "input_digest": "0" * 64, "seed": 0, "sweeps": 2000, "top": 3}
                    | {"engine": "", "judges": judges, "detail": detail, "created_at": self.now}
                ]
            ),
        )
        self.put(
            Estimate,
            (
                {"calibration_id": phase, "submission_id": first + n, "value": total, "low": total - 3}
                | {"high": total + 3, "top": Decimal(0), "first_place": n + 1, "last_place": n + 9}
                | {"band": n // 5, "place": n + 1}
                for n, total in enumerate(totals)
            ),
        )
