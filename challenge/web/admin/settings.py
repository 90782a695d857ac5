"""Settings: what administrators change here, and what the environment fixes, shown without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from challenge.accounts import wishes
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.rules.wishes import DEFAULTS, SETTINGS
from challenge.web import words
from challenge.web.admin.room import blueprint
from config import Settings

ROUTES: dict[str, dict[str, Action]] = {
    "settings": {"GET": Action.SETTING_CHANGE, "POST": Action.SETTING_CHANGE},
}
# name -> (label, what it means)
MEANING: Mapping[str, tuple[LazyString, LazyString]] = {
    "registration_open": (
        lazy_gettext("Anybody may register"),
        lazy_gettext("Off: new accounts are made by invitation and by the operator alone."),
    ),
    "registration_zh": (
        lazy_gettext("Where registering is closed, in Chinese"),
        lazy_gettext("What somebody reads who tries: whom to ask, or when it opens."),
    ),
    "registration_en": (
        lazy_gettext("The same in English"),
        lazy_gettext("Where one language has none, its readers see the other one's."),
    ),
    "look_minutes": (
        lazy_gettext("How long an administrator looks on at most"),
        lazy_gettext("In minutes. Looking on as somebody ends by itself after this."),
    ),
}
SECRET = ("secret", "password", "salt", "key", "token")
HIDDEN = frozenset({"flask"})


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Show and change them; each with its meaning, bounds and default."""
    require(actor(), Action.SETTING_CHANGE)
    fault: tuple[str, str] | None = None
    if request.method == "POST":
        typed = {name: request.form.get(name, "") for name in SETTINGS}
        try:
            with writing() as session:
                found = wishes.change(session, actor(), typed)
        except Invalid as refusal:
            fault = (refusal.field, words.say(refusal))
        else:
            flash(_("Saved.") if found else _("Nothing has changed."))
            return redirect(url_for("admin.settings"))
    shown = {**DEFAULTS, **wishes.changed(db.session)}
    if fault is not None:
        shown |= {name: request.form.get(name, "") for name in SETTINGS}
    page = render_template(
        "admin/settings.html",
        kinds=SETTINGS,
        shown=shown,
        meaning=MEANING,
        fault=fault,
        fixed=_fixed(),
    )
    return page, 422 if fault else 200


def _fixed() -> list[tuple[str, str]]:
    """What the environment says, without what must not be read over a shoulder."""
    found: Settings = current_app.config["SETTINGS"]
    return [
        (name, _said(name, getattr(found, name))) for name in found.__dataclass_fields__ if name not in HIDDEN
    ]


def _said(name: str, value: object) -> str:
    if value is None or value == "" or value == ():
        return _("not set")
    if any(part in name for part in SECRET):
        return _("set, and not shown")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _without_credentials(value)
    return str(value) if isinstance(value, (int, Path)) else _("set, and not shown")


def _without_credentials(text: str) -> str:
    """An address without the name and password that it may carry, and without what follows its path."""
    try:
        parts = urlsplit(text)
        if not parts.scheme or "://" not in text:
            return text if "@" not in text or " " not in text else _("set, and not shown")
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _("set, and not shown")
    return f"{parts.scheme}://{host}{port}{parts.path}"
