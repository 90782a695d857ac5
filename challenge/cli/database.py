"""`flask db`: migrations, by Flask-Alembic, with SQLite's foreign keys off while tables are rebuilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask_alembic import Alembic
from flask_alembic.cli import cli
from sqlalchemy import event

from challenge.accounts import act_models as _acts
from challenge.accounts import api_models as _api
from challenge.accounts import calendar_models as _calendars
from challenge.accounts import factor_models as _factors
from challenge.accounts import identity_models as _identities
from challenge.accounts import models as _accounts
from challenge.accounts import scope_models as _audit_scopes
from challenge.accounts import wish_models as _wishes
from challenge.agreements import milestone_models as _milestones
from challenge.agreements import models as _agreements
from challenge.agreements import signing_models as _signing
from challenge.audit import models as _audit
from challenge.awards import anew_models as _anew
from challenge.awards import certificate_models as _certificates
from challenge.awards import feedback_models as _feedback
from challenge.awards import models as _awards
from challenge.awards import objection_models as _objections
from challenge.awards import offer_models as _offers
from challenge.awards import release_models as _releases
from challenge.base.db import Base, db
from challenge.distribution import models as _distribution
from challenge.docking import models as _docking
from challenge.figures import models as _figures
from challenge.files import models as _files
from challenge.forum import models as _forum
from challenge.judging import conflict_models as _conflicts
from challenge.judging import discussion_models as _discussion
from challenge.judging import models as _judging
from challenge.judging import on_site_models as _on_site
from challenge.judging import ranking_models as _rankings
from challenge.judging import reminder_models as _reminders
from challenge.judging import run_models as _runs
from challenge.judging import ways_models as _ways
from challenge.matches import models as _matches
from challenge.messages import group_models as _groups
from challenge.messages import models as _messages
from challenge.messages import webhook_models as _webhooks
from challenge.messages import wording_models as _wordings
from challenge.privacy import models as _privacy
from challenge.reports import evidence_models as _evidence
from challenge.reports import figure_models as _figure_books
from challenge.reports import look_models as _looks
from challenge.reports import models as _reports
from challenge.reports import storage_models as _storage
from challenge.reports import story_models as _stories
from challenge.requirements import diagnosis_models as _diagnosis
from challenge.requirements import face_models as _faces
from challenge.requirements import intake_models as _intake
from challenge.requirements import version_models as _need_versions
from challenge.rounds import key_models as _keys
from challenge.rounds import prize_models as _prizes
from challenge.rounds import programme_models as _programmes
from challenge.rounds import resource_models as _resources
from challenge.search import models as _search
from challenge.services import models as _services
from challenge.submissions import board_models as _board
from challenge.submissions import likeness_models as _likeness
from challenge.submissions import paper_models as _papers
from challenge.supply import models as _supply
from challenge.tasks import models as _tasks
from challenge.ties import models as _ties
from challenge.training import models as _training

MODELS = (
    _api,
    _accounts,
    _calendars,
    _acts,
    _wishes,
    _identities,
    _factors,
    _agreements,
    _signing,
    _anew,
    _certificates,
    _audit,
    _awards,
    _board,
    _conflicts,
    _diagnosis,
    _distribution,
    _docking,
    _discussion,
    _faces,
    _feedback,
    _figure_books,
    _figures,
    _forum,
    _looks,
    _storage,
    _files,
    _intake,
    _judging,
    _rankings,
    _runs,
    _likeness,
    _matches,
    _objections,
    _offers,
    _prizes,
    _programmes,
    _releases,
    _on_site,
    _messages,
    _wordings,
    _groups,
    _webhooks,
    _milestones,
    _keys,
    _resources,
    _tasks,
    _ties,
    _ways,
    _papers,
    _privacy,
    _audit_scopes,
    _evidence,
    _reports,
    _stories,
    _reminders,
    _search,
    _services,
    _supply,
    _training,
    _need_versions,
)
SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"


def alembic(app: Flask) -> Alembic:
    """The migration tool on this app, put there once."""
    known = app.extensions.get("alembic")
    if isinstance(known, Alembic):
        return known
    app.config["ALEMBIC"] = {"script_location": str(SCRIPTS)}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "compare_type": True,
        "compare_server_default": False,
        "user_module_prefix": "challenge.base.db.",
        "include_object": _search.ours,
    }
    tool = Alembic(metadatas=Base.metadata, run_mkdir=False, command_name="")
    tool.init_app(app)
    engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _foreign_keys_off)
        engine.dispose()
    return tool


def _foreign_keys_off(connection: Any, _record: Any) -> None:
    # A rebuilt parent table would take its children with it (ON DELETE CASCADE); checked again after.
    connection.execute("PRAGMA foreign_keys=OFF")


def upgrade(app: Flask) -> None:
    """Bring the database of this app to the newest migration."""
    with app.app_context():
        tool = alembic(app)
        tool.upgrade()
        check_foreign_keys(app)


def check_foreign_keys(app: Flask) -> None:
    """After a migration on SQLite: every reference still holds, and references are enforced again."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        broken = connection.execute(sa.text("PRAGMA foreign_key_check")).fetchall()
    event.remove(engine, "connect", _foreign_keys_off)
    engine.dispose()
    app.extensions.pop("alembic", None)
    if broken:
        raise RuntimeError(f"the migration left {len(broken)} broken references, the first {broken[0]}")


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


@click.group("db", commands=cli.commands)
@click.pass_context
def group(context: click.Context) -> None:
    """Perform database migrations."""
    context.obj = alembic(_app())


@group.result_callback()
def _after(_result: Any) -> None:
    check_foreign_keys(_app())
