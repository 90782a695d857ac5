"""One's own account: work hub, profile, organizations, invitations."""

from challenge.web.account.routes import ROUTES
from challenge.web.account.views import blueprint

__all__ = ["ROUTES", "blueprint"]
