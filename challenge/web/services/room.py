"""The blueprint of services."""

from __future__ import annotations

from flask import Blueprint, request

blueprint = Blueprint("services", __name__, url_prefix="/services")

_ON_THE_WAY = frozenset({"services.catalogue", "services.service", "services.ask"})


@blueprint.url_defaults
def _for_agreement(endpoint: str, values: dict[str, object]) -> None:
    """Whoever comes from an agreement takes it along to the page that asks."""
    agreement = request.args.get("agreement")
    if agreement and endpoint in _ON_THE_WAY and not values.get("need"):
        values.setdefault("agreement", agreement)
