"""One's own account: work hub, profile, organizations, invitations, and the mail of a demo."""

from challenge.web.account.room import blueprint
from challenge.web.account.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
