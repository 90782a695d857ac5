"""A programme with a webhook, and what its receiver makes of a delivery."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.messages import webhooks
from challenge.messages.webhook_models import Webhook
from challenge.messages.webhooks import Place, Wish
from challenge.rounds.models import Programme, Round
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, actor_of, organizer_of
from tests.rigs.receiver import Received


class House:
    """A programme, its organizer, and its webhooks."""

    def __init__(self, db: Session) -> None:
        self.db = db
        self.round: Round = RoundFactory(stage=Stage.REQUIREMENTS)
        self.programme: Programme = self.round.programme
        self.organizer: User = organizer_of(self.programme)
        self.place: Place = webhooks.of_programme(self.programme)

    def hook(self, url: str, *events: str, name: str = "Our system") -> Webhook:
        """One that wants these events."""
        wish = Wish(name, url, events or ("announcement.posted",))
        return webhooks.create(self.db, actor_of(self.organizer), self.place, wish)

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/webhooks/programme/{self.programme.slug}"


def let_private(app: Flask, monkeypatch: pytest.MonkeyPatch, *, allowed: bool = True) -> None:
    """As a development machine is set."""
    import dataclasses

    changed: Any = dataclasses.replace(app.config["SETTINGS"], webhook_private_addresses=allowed)
    monkeypatch.setitem(app.config, "SETTINGS", changed)


def verified(secret: str, got: Received) -> bool:
    """What a receiver does, written from the specification and not from our own code."""
    key = base64.b64decode(secret[len("whsec_") :])
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.body}"
    mine = base64.b64encode(hmac.digest(key, signed.encode(), hashlib.sha256)).decode()
    return f"v1,{mine}" in got.headers["webhook-signature"].split()
