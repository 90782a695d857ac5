"""Kind of task -> what does it. Imported by `flask work` only: the heavy libraries load there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from challenge.base.db import fresh_session
from challenge.engines import calibrating as calibration
from challenge.engines import embedding, matching, previews, qr, suggesting, workbooks
from challenge.engines import papers as engine
from challenge.engines import properties as properties_engine
from challenge.flow import (
    agreement_papers,
    anew,
    assigning,
    award_papers,
    books,
    calibrating,
    certificate_papers,
    collecting,
    counting,
    daily,
    deriving,
    digests,
    distributing,
    docking_letters,
    effects,
    figure_books,
    groups,
    handover_papers,
    indexing,
    likeness,
    mails,
    need_books,
    need_prints,
    objection_letters,
    offer_books,
    papers,
    properties,
    recommending,
    reminding,
    resetting,
    score_books,
    service_reminders,
    storing,
    supply_books,
    tie_files,
    training_letters,
    verifying,
)
from challenge.messages import delivery, webhook_delivery
from challenge.privacy import erasing
from challenge.rules.calibration import Answer, Problem
from challenge.submissions import sealing
from challenge.tasks import queue

Handler = Callable[[queue.Leased], None]


def expand_event(task: queue.Leased) -> None:
    """Turn an event into the rows of work that follow from it, and finish it in the same transaction."""
    with fresh_session() as session:
        works = effects.follow(session, {**task.payload, "key": task.key})
        queue.put(session, *works)
        queue.finish(session, task)


def expand_mailing(task: queue.Leased) -> None:
    """Put the letters of the next part of a large audience, and finish in the same transaction."""
    with fresh_session() as session:
        queue.put(session, *mails.follow_on(session, task.payload))
        queue.finish(session, task)


def unseal(task: queue.Leased) -> None:
    """Open what a round's key had shut, a batch a transaction; killed anywhere, the next try goes on."""
    done = False
    while not done:
        with fresh_session() as session:
            done = sealing.open_batch(session, task.payload["round_id"]).done


def derive(task: queue.Leased) -> None:
    """What judges get of one file."""
    deriving.make(task, previews.derive, previews.MOST_BYTES)


def print_paper(task: queue.Leased) -> None:
    """A receipt or a refusal as a PDF."""
    papers.make(task, engine.receipt)


def match(task: queue.Leased) -> None:
    """The best assignment of a panel to its entries."""
    assigning.run(task, matching.match)


def write_sheet(task: queue.Leased) -> None:
    """An assignment as a workbook."""
    assigning.write_sheet(task, workbooks.write)


def read_sheet(task: queue.Leased) -> None:
    """A workbook as a proposed assignment."""
    assigning.read_sheet(task, workbooks.read)


def score_book(task: queue.Leased) -> None:
    """A template of paper scores, or a filled one read and entered."""
    books.make(score_books.KIND, task, workbooks.write, workbooks.read)


def tie_file(task: queue.Leased) -> None:
    """A file of past ties, read and entered."""
    tie_files.make(task, workbooks.read)


def rows_of_ties(data: bytes) -> list[list[str]] | str:
    """The same file read at once, for the operator."""
    return tie_files.rows_of(data, workbooks.read)


def need_book(task: queue.Leased) -> None:
    """A template of requirements, or a filled workbook taken in."""
    books.make(need_books.KIND, task, workbooks.write, workbooks.read_pages)


def need_print(task: queue.Leased) -> None:
    """A requirement's paper form as a PDF."""
    need_prints.make(task, engine.need)


def certificate_print(task: queue.Leased) -> None:
    """A certificate as a PDF."""
    certificate_papers.make(task, engine.certificate)


def agreement_print(task: queue.Leased) -> None:
    """An agreement as a PDF."""
    agreement_papers.make(task, engine.agreement)


def award_certificate(task: queue.Leased) -> None:
    """One certificate of an award as a PDF."""
    award_papers.one(task, engine.certificates)


def award_certificates(task: queue.Leased) -> None:
    """Those of a round that lack their PDF."""
    award_papers.all_of_round(task, engine.certificates)


def handover_print(task: queue.Leased) -> None:
    """A handover record as a PDF."""
    handover_papers.make(task, engine.handover)


def supply_book(task: queue.Leased) -> None:
    """A template of achievements, or a filled one read and entered."""
    books.make(supply_books.KIND, task, workbooks.write, workbooks.read)


def file_properties(task: queue.Leased) -> None:
    """Who made a public file, as it says itself."""
    properties.make(task, properties_engine.read, properties_engine.MOST_BYTES)


def offer_book(task: queue.Leased) -> None:
    """A seeker's comparison of offers as a workbook."""
    offer_books.make(task, workbooks.write)


def figure_book(task: queue.Leased) -> None:
    """Figures of the funnel as a workbook or a paper."""
    figure_books.make(task, workbooks.write, engine.figures)


def calibrate(task: queue.Leased) -> None:
    """What stands beside a ranking."""
    calibrating.run(task, reckon)


def reckon(problem: Problem) -> Answer | str:
    """A calibration by the engine, or why there is none."""
    return calibration.run(problem)


def recommend(task: queue.Leased) -> None:
    """Matches of the requirements that are open."""
    models = embedding.installed()
    fault = suggesting.SuggestionFault
    recommending.run(task, recommending.Engine(models, suggesting.vectors, suggesting.match, fault))


def offer_anew(task: queue.Leased) -> None:
    """Needs that good proposals may answer too."""
    anew.run(task, suggesting.match)


def draw_qr(task: queue.Leased) -> None:
    """The QR code of a shared link."""
    distributing.draw_qr(task, qr.svg)


def collect(_task: queue.Leased) -> None:
    """What nobody wants any more, once an hour."""
    collecting.collect()


def erase(task: queue.Leased) -> None:
    """Erase a person, unless something keeps it from being done; the next hour asks again."""
    erasing.run(task.payload["erasure_id"])


HANDLERS: Mapping[str, Handler] = {
    "unseal": unseal,
    "event": expand_event,
    "index": indexing.run,
    "figures": counting.run,
    "supply_book": supply_book,
    "daily": daily.run,
    "factor_reset": resetting.run,
    "digest": digests.run,
    "group": groups.run,
    "mailing": expand_mailing,
    "mail": delivery.deliver,
    "webhook": webhook_delivery.deliver,
    "derive": derive,
    "likeness": likeness.run,
    "calibrate": calibrate,
    "collect": collect,
    "erase": erase,
    "storage_count": storing.run,
    "audit_check": verifying.run,
    "paper": print_paper,
    "match": match,
    "sheet_out": write_sheet,
    "sheet_in": read_sheet,
    "recommend": recommend,
    "anew": offer_anew,
    "remind": reminding.run,
    "need_book": need_book,
    "need_print": need_print,
    "certificate_print": certificate_print,
    "agreement_print": agreement_print,
    "handover_print": handover_print,
    "award_certificate": award_certificate,
    "award_certificates": award_certificates,
    "score_book": score_book,
    "tie_file": tie_file,
    "offer_book": offer_book,
    "figure_book": figure_book,
    "properties": file_properties,
    "postings": distributing.expand,
    "carry": distributing.carry,
    "qr": draw_qr,
    "docking_remind": docking_letters.remind,
    "docking_next": docking_letters.next_step,
    "service_due": service_reminders.due,
    "course_remind": training_letters.remind,
    "objection_due": objection_letters.due,
}
# What takes long and may wait: letters and what follows from a close never queue behind an engine.
HEAVY = frozenset(
    {
        *("audit_check", "storage_count"),
        *("calibrate", "derive", "likeness", "paper", "match", "sheet_out", "sheet_in", "score_book"),
        *(
            "tie_file",
            "need_book",
            "need_print",
            "recommend",
            "anew",
            "supply_book",
            "offer_book",
            "figure_book",
        ),
        *(
            "certificate_print",
            "award_certificate",
            "award_certificates",
            "agreement_print",
            "handover_print",
        ),
        "properties",
        "erase",
    }
)


def run(task: queue.Leased) -> None:
    """Do one leased task; what it raises becomes its error and its next try."""
    handler = HANDLERS.get(task.kind)
    if handler is None:
        raise LookupError(f"no handler for {task.kind!r}")
    handler(task)
