"""From a template and its scene to a letter in the reader's language: subject, plain text and HTML.

A template of `templates/mail/` holds blocks: `subject`; `body` in light Markdown; where there is something to
do `label` and `url` of one button; `reason`, why the reader gets this letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jinja2
from flask import current_app
from flask_babel import gettext
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import i18n
from challenge.base.texts import clean_html
from challenge.messages import enclosures, links, pending, scenes, wishes, wordings

# No HTML, no links of its own: a title that somebody wrote can put nothing behind a word.
_markdown = MarkdownIt("zero", {"breaks": True}).enable(["newline", "emphasis", "list", "blockquote"])
BLOCKS = ("subject", "body", "label", "url", "reason")


@dataclass(frozen=True, slots=True)
class Written:
    """A finished letter."""

    address: str
    subject: str
    text: str
    html: str
    content: str = ""
    label: str | None = None
    href: str | None = None  # the path of its button, where it holds no secret
    enclosed: list[enclosures.Enclosure] = field(default_factory=list)
    unsubscribe: str | None = None


def write(session: Session, payload: Mapping[str, Any]) -> Written | None:
    """The letter of a work row, None where there is nobody left to read it."""
    person = session.get(User, payload["user_id"]) if payload["user_id"] is not None else None
    if person is None and payload["address"] is None:
        return None
    if person is not None and not person.active:
        return None
    if not pending.still(session, person, payload["about"]):
        return None
    locale = person.locale if person else (payload["locale"] or current_app.config["SETTINGS"].default_locale)
    with i18n.reading_as(str(locale), person.zone if person else None):
        scene = scenes.load(session, person, payload["about"])
        leave = links.link("public.unsubscribe", token=scene["leave"]) if "leave" in scene else None
        if leave is None and person is not None:
            token = wishes.token(person, payload["template"])
            leave = links.link("account.stop_letters", token=token) if token else None
            scene["fewer"] = leave
        letter = _compose(session, person.email if person else payload["address"], payload["template"], scene)
        enclosed = enclosures.of(payload["template"], scene)
    return replace(letter, enclosed=enclosed, unsubscribe=leave)


def _compose(session: Session, address: str, name: str, scene: dict[str, Any]) -> Written:
    template = current_app.jinja_env.get_template(f"mail/{name}.txt")
    context = template.new_context({**scene, "link": links.link})
    parts = {block: block_of(template, context, block) for block in BLOCKS}
    parts = wordings.applied(session, name, parts, scene)
    subject = " ".join(parts["subject"].split())
    frame = {
        "lang": i18n.reader().lang,
        "subject": subject,
        "home_url": links.home(),
        "reason": parts["reason"] or gettext("You get this letter because you have an account here."),
        "view": scene.get("track"),
        "action_label": parts["label"],
        "action_url": parts["url"],
        "fewer_url": scene.get("fewer"),
    }
    body = parts["body"]
    return Written(
        address,
        subject,
        _frame("txt", {**frame, "body": body}),
        _frame("html", {**frame, "body": drawn(body)}),
        content=links.without_secrets(body),
        label=parts["label"] or None,
        href=links.way(parts["url"]),
    )


def drawn(content: str) -> Markup:
    """What a letter says, as a page shows it."""
    return Markup(clean_html(_markdown.render(content)))  # noqa: S704 - sanitised in this line


def block_of(template: jinja2.Template, context: jinja2.runtime.Context, name: str) -> str:
    """One part of a letter, as it stands in its template."""
    block = template.blocks.get(name)
    return "".join(block(context)).strip() if block else ""


def _frame(kind: str, values: dict[str, Any]) -> str:
    text = current_app.jinja_env.get_template(f"mail/layout.{kind}").render(values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def quoted(text: str | None) -> str:
    """What a person wrote, as a quotation: each line begins with a mark."""
    return "\n".join(f"> {line}".rstrip() for line in (text or "").strip().splitlines())
