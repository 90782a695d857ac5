"""The doors of the public site and what each asks for."""

from challenge.rules.permissions import Action

ROUTES = {
    "home": {"GET": Action.PAGE_READ},
    "brand": {"GET": Action.PAGE_READ},
}
