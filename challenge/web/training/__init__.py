"""Training: courses for brokers, their certificates, the public register of brokers."""

from challenge.web.training.room import blueprint
from challenge.web.training.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
