"""`flask user`: make accounts, set passwords, appoint organizers. Its operator is the system itself."""

from __future__ import annotations

import secrets
import sys

import click
import sqlalchemy as sa
from flask_security.utils import hash_password
from sqlalchemy.orm import Session

from challenge.accounts import organizations, people
from challenge.accounts.models import Organization, User
from challenge.base.db import fresh_session
from challenge.base.i18n import LOCALES
from challenge.rules.errors import Refused
from challenge.rules.permissions import SYSTEM

SHORTEST = 10  # as SECURITY_PASSWORD_LENGTH_MIN
_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group("user")
def group() -> None:
    """Make accounts, set passwords, appoint organizers."""


@group.command("create")
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option("--admin", is_flag=True, help="An administrator of the platform.")
@click.option("--locale", type=click.Choice(LOCALES), default=LOCALES[0], show_default=True)
@_STDIN
def create(email: str, name: str, admin: bool, locale: str, password_stdin: bool) -> None:
    """Make a confirmed account; without --password-stdin its password is made up and printed."""
    password = _password(password_stdin)
    hashed = hash_password(password)
    try:
        with fresh_session() as session:
            person = people.create_account(
                session, SYSTEM, email=email, name=name, password_hash=hashed, admin=admin, locale=locale
            )
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from None
    click.echo(f"Created {person.email}{' (administrator)' if admin else ''}.")
    if not password_stdin:
        click.echo(f"Password: {password}")


@group.command("password")
@click.argument("email")
@_STDIN
def password(email: str, password_stdin: bool) -> None:
    """Set a new password and sign the person out everywhere."""
    new = _password(password_stdin)
    hashed = hash_password(new)
    with fresh_session() as session:
        people.set_password(session, SYSTEM, _person(session, email), hashed)
    click.echo(f"The password of {email} is set; all sessions ended.")
    if not password_stdin:
        click.echo(f"Password: {new}")


@group.command("organizer")
@click.argument("email")
@click.argument("organization")
@click.option("--create", "make", is_flag=True, help="Register the organization if it is not there.")
def organizer(email: str, organization: str, make: bool) -> None:
    """Appoint an organizer of ORGANIZATION (its reference, registration code or name).

    An address without an account is mailed an invitation.
    """
    try:
        with fresh_session() as session:
            found = _organization(session, organization, make=make)
            person = people.appoint_organizer(
                session,
                SYSTEM,
                email=email,
                scope="organization",
                scope_id=found.id,
                subject=organizations.subject_of(found),
            )
            name = found.name
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from None
    done = "is an organizer of" if person else "has no account yet and was mailed an invitation to organize"
    click.echo(f"{email} {done} {name}.")


@group.command("manager")
@click.argument("email")
@click.argument("organization")
def manager(email: str, organization: str) -> None:
    """Appoint a manager of ORGANIZATION (its reference, registration code or name) and its branches."""
    try:
        with fresh_session() as session:
            found = _organization(session, organization, make=False)
            person = people.appoint_manager(session, SYSTEM, email=email, organization_id=found.id)
            name = found.name
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from None
    done = "manages" if person else "has no account yet and was mailed an invitation to manage"
    click.echo(f"{email} {done} {name} and its branches.")


@group.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Close an account: it signs in no more; what it did stays on record."""
    try:
        with fresh_session() as session:
            people.deactivate(session, SYSTEM, _person(session, email))
    except Refused as refusal:
        raise click.ClickException(_why(refusal)) from None
    click.echo(f"The account of {email} is closed.")


WHY = {
    "not_an_address": "This is not a mail address.",
    "account_exists": "This address has an account already.",
    "last_administrator": "This is the last administrator. Make another one first.",
}


def _why(refusal: Refused) -> str:
    return WHY.get(refusal.code, f"Refused: {refusal.code}.")


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        return secrets.token_urlsafe(12)
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST:
        raise click.ClickException(f"A password needs at least {SHORTEST} characters.")
    return password


def _person(session: Session, email: str) -> User:
    person = people.by_email(session, email)
    if person is None:
        raise click.ClickException(f"There is no account of {email}.")
    return person


def _organization(session: Session, name: str, *, make: bool) -> Organization:
    same = sa.or_(
        Organization.ref == name,
        Organization.registration_code == name.upper(),
        Organization.name == name,
        Organization.name_en == name,
    )
    found = session.scalars(sa.select(Organization).where(same).limit(2)).all()
    if len(found) > 1:
        raise click.ClickException(f"Several organizations are called {name}; use the reference of one.")
    if found:
        return found[0]
    if not make:
        raise click.ClickException(f"There is no organization {name}; --create registers it.")
    return organizations.create(session, SYSTEM, organizations.Facts(name=name, kind="agency"))
