"""The page where parties sign: what is signed, who has signed, and with what one can; and its paper."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts.identity import Proof
from challenge.accounts.models import User
from challenge.agreements import papers, queries, signatures, signing
from challenge.agreements.models import AgreementVersion
from challenge.agreements.queries import Read
from challenge.agreements.signatures import Block
from challenge.agreements.signing_models import SigningFile
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.derivatives import Derived
from challenge.files.download import send
from challenge.rules.agreements import Terms, told
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import agreement_words, forms, proofs, signing_words, words
from challenge.web.signing.forms import SignForm, UploadForm
from challenge.web.signing.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "sign": {"GET": Action.AGREEMENT_READ},
    "sign_post": {"POST": Action.AGREEMENT_SIGN},
    "paper": {"GET": Action.AGREEMENT_READ},
    "ask_paper": {"POST": Action.AGREEMENT_READ},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of an agreement to be signed."""

    read: Read
    version: AgreementVersion | None
    terms: Terms
    block: Block
    files: list[tuple[SigningFile, Derived]]
    paper: papers.Standing

    @property
    def pictures(self) -> list[tuple[SigningFile, Derived]]:
        """The pictures of signatures that this reader has uploaded."""
        mine = actor().user_id
        return [each for each in self.files if each[0].kind == "picture" and each[0].user_id == mine]

    @property
    def scan(self) -> tuple[SigningFile, Derived] | None:
        """The scan that is to be confirmed: one that a party has, else the newest that can be read."""
        scans = [each for each in self.files if each[0].kind == "scan"]
        signed = {each.signature.sha256 for each in self.block.places if each.signature is not None}
        ready = [each for each in scans if each[1].state == "done" and each[1].pages]
        chosen = [each for each in ready if each[0].sha256 in signed]
        return next(iter(chosen or ready or scans), None)


@blueprint.get("/<ref>/sign")
def sign(ref: str) -> ResponseReturnValue:
    """What is signed, who has signed, and the form for those who can."""
    return page(ref)


def page(ref: str, refused: SignForm | None = None) -> ResponseReturnValue:
    """`refused`: a form that came back, to whoever may send it."""
    shown = _shown(ref)
    if refused is not None:
        require(actor(), Action.AGREEMENT_SIGN, shown.read.subject)
    if shown.version is None:
        flash(_("These terms are a draft: there is nothing to sign until they are proposed."), "error")
    form = _form(shown, refused)
    text = render_template(
        "signing/sign.html",
        shown=shown,
        agreement=shown.read.agreement,
        terms=shown.terms,
        form=form,
        picture=UploadForm.of("picture"),
        scan=UploadForm.of("scan"),
        refused=refused,
        words=agreement_words,
        signing=signing_words,
        zone=shown.read.agreement.requirement.round.zone,
        person=db.session.get_one(User, actor().user_id),  # who is signed in is loaded already
    )
    return text, 422 if refused is not None else 200


@blueprint.post("/<ref>/sign")
def sign_post(ref: str) -> ResponseReturnValue:
    """Sign: the proof first, outside of writing; then the signature, in one transaction."""
    form = SignForm()
    try:
        confirmed = proofs.confirm(Proof(form.password.data or "", form.code.data or ""))
        with writing() as session:
            signing.sign(session, actor(), ref, form.written(), confirmed)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return page(ref, form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("You have signed. Everybody sees by whom and when."))
    return redirect(url_for("signing.sign", ref=ref))


@blueprint.get("/<ref>/paper.pdf")
def paper(ref: str) -> ResponseReturnValue:
    """The PDF of what was signed, or of the draft; where it is not made yet, the page that has it made."""
    read = queries.by_ref(db.session, actor(), ref)
    wanted = papers.wanted(read.agreement, signatures.record_of(db.session, read.agreement))
    standing = papers.standing(db.session, wanted)
    if standing.state != "there":
        return redirect(url_for("signing.sign", ref=ref, _anchor="paper"))
    name = f"agreement-{read.agreement.number or read.agreement.ref}"
    name += "" if wanted.kind == "signed" else f"-{wanted.kind}"
    db.session.close()  # no connection is held while the bytes go out
    return send(standing.sha256, standing.size, papers.TYPE, f"{name}.pdf")


@blueprint.post("/<ref>/paper")
def ask_paper(ref: str) -> ResponseReturnValue:
    """Have it made."""
    read = queries.by_ref(db.session, actor(), ref)
    with writing() as session:
        papers.ask(session, papers.wanted(read.agreement, signatures.record_of(session, read.agreement)))
    return redirect(url_for("signing.sign", ref=ref, _anchor="paper"))


def _shown(ref: str) -> Shown:
    read = queries.by_ref(db.session, actor(), ref)
    agreement = read.agreement
    block = signatures.block(db.session, agreement, actor(), read.subject)
    proposed = agreement.state != "draft" and agreement.version  # one that was ended as a draft has none
    version = signatures.version_of(db.session, agreement) if proposed else None
    files = signatures.files_of(db.session, agreement) if agreement.state == "in_signature" else []
    return Shown(
        read=read,
        version=version,
        terms=told(version.terms) if version is not None else read.terms,
        block=block,
        files=files,
        paper=papers.standing(db.session, papers.wanted(agreement, block.record)),
    )


def _form(shown: Shown, refused: SignForm | None) -> SignForm:
    """The form with what this reader can choose from."""
    digest = shown.version.digest if shown.version is not None else ""
    free = [each for each in shown.block.places if each.mine and each.signature is None]
    form = refused or SignForm(None, data={"name": i18n.reader().name})
    form.digest.data = form.digest.data or digest
    form.side.choices = [(each.side, f"{agreement_words.SIDES[each.side]}: {each.name}") for each in free]
    if form.side.data is None and free:
        form.side.data = free[0].side
    with_: list[tuple[str, str]] = [("typed", str(signing_words.METHODS["typed"]))]
    for file, made in [*shown.pictures, *([shown.scan] if shown.scan is not None else [])]:
        if made.state == "done" and made.pages:
            with_.append((f"{file.kind}:{file.ref}", f"{signing_words.METHODS[file.kind]} ({file.name})"))
    form.file.choices = with_
    return form
