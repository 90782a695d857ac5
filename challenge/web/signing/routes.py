"""The doors of signing."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.signing import files, proof, registry, signing

ROUTES: dict[str, dict[str, Action]] = {
    **signing.ROUTES,
    **files.ROUTES,
    **registry.ROUTES,
    **proof.ROUTES,
}
