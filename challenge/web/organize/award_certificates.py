"""The certificates of a round: issued once results are out, printed together, taken along as a zip."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.awards import (
    certificate_due,
    certificate_papers,
    certificate_reads,
    certifying,
    queries,
)
from challenge.awards.certificate_models import KINDS
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.exchange.packing import Member, file_name
from challenge.files.storage import storage
from challenge.rules import certificate_codes
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import listing as files
from challenge.web import outcome_words, words
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.papers import archive
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "award_certificates": {"GET": Action.AWARD_CERTIFY},
    "issue_award_certificates": {"POST": Action.AWARD_CERTIFY},
    "print_award_certificates": {"POST": Action.AWARD_CERTIFY},
    "award_certificates_zip": {"GET": Action.AWARD_CERTIFY},
    "revoke_award_certificate": {"POST": Action.AWARD_CERTIFY},
}
PAGE = certificate_reads.PAGE
COLUMNS = files.columns(
    "number kind name code state issued_at",
    number=lambda row: certificate_codes.written(row.code),
    code="entry",
)


@blueprint.get("/rounds/<slug>/certificates")
def award_certificates(slug: str) -> ResponseReturnValue:
    """What was issued, what is lacking, and how far the papers are in both languages."""
    round_ = enter(slug, Action.AWARD_CERTIFY)
    round_id = round_.id
    file = files.taken(
        f"certificates-{slug}",
        COLUMNS,
        lambda session, after, limit: certificate_reads.of_round(session, round_id, after or 0, limit),
        after=None,
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    notice = queries.notice(db.session, round_.id)
    out = notice is not None and notice.published_at is not None
    after = number_key(request.args.get("after")) or 0
    rows = certificate_reads.of_round(db.session, round_.id, after, PAGE + 1)
    here = url_for("organize.award_certificates", slug=slug)
    return draw(
        "organize/award_certificates.html",
        round_,
        here="award_certificates",
        out=out,
        kinds=outcome_words.CERTIFICATES,
        due=certificate_due.counted(certificate_due.due(db.session, round_.id, KINDS)) if out else {},
        rows=rows[:PAGE],
        written=certificate_codes.written,
        papers=certificate_reads.made(db.session, round_.id, i18n.LOCALES),
        coming=certificate_papers.coming(db.session, round_.id, i18n.LOCALES),
        older=f"{here}?after={after + PAGE}" if rows[PAGE:] else None,
        newer=here if after else None,
    )


@blueprint.post("/rounds/<slug>/certificates")
def issue_award_certificates(slug: str) -> ResponseReturnValue:
    """Issue those that are lacking, of the kinds that were ticked."""
    round_ = enter(slug, Action.AWARD_CERTIFY)
    try:
        with writing() as session:
            count = certifying.issue(session, actor(), round_.id, {"award", *request.form.getlist("kinds")})
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        said = ngettext("%(num)d certificate issued.", "%(num)d certificates issued.", count)
        flash(said if count else _("Everyone who is to have one has it already."))
    return redirect(url_for("organize.award_certificates", slug=slug))


@blueprint.post("/rounds/<slug>/certificates/papers")
def print_award_certificates(slug: str) -> ResponseReturnValue:
    """Have the papers made that are lacking in one language."""
    round_ = enter(slug, Action.AWARD_CERTIFY)
    try:
        with writing() as session:
            certificate_papers.ask_all(session, actor(), round_.id, request.form.get("locale", ""))
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    return redirect(url_for("organize.award_certificates", slug=slug, _anchor="papers"))


@blueprint.get("/rounds/<slug>/certificates-<locale>.zip")
def award_certificates_zip(slug: str, locale: str) -> ResponseReturnValue:
    """All papers of a language that are there, as a zip that is made while it is sent."""
    round_ = enter(slug, Action.AWARD_CERTIFY)
    if locale not in i18n.LOCALES:
        raise NotFound
    if not certificate_reads.made(db.session, round_.id, [locale])[locale].there:
        raise NotFound
    return archive(_members(round_.id, locale), f"certificates-{slug}-{locale[:2]}.zip")


def _members(round_id: int, locale: str) -> Iterator[Member]:
    for place, paper in enumerate(certificate_reads.papers(round_id, locale), start=1):
        code = certificate_codes.written(paper.code)
        name = f"{paper.kind}/{file_name(place, f'{paper.entry}-{code}.pdf')}"
        yield Member(name, storage().read(paper.sha256, 0, paper.size), packed=False)


@blueprint.post("/certificates/awards/<code>/revoke")
def revoke_award_certificate(code: str) -> ResponseReturnValue:
    """Revoke one; its page says so from now on."""
    try:
        with writing() as session:
            plain = certificate_codes.read(code) or ""
            certifying.revoke(session, actor(), plain, request.form.get("reason", ""))
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("It is revoked. Its page says so."))
    return redirect(url_for("public.award_certificate", code=code))
