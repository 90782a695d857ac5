"""The doors of one's own account and what each asks for."""

from challenge.rules.permissions import Action

ROUTES: dict[str, dict[str, Action]] = {}
