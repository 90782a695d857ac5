"""The verbs of a requirement's life, in their order; each lives in the module of whoever says it."""

from challenge.requirements.drafting import create, edit, submit, withdraw
from challenge.requirements.questions import answer, ask_on_requirement, ask_on_round
from challenge.requirements.screening import give_back, publish, reject

__all__ = [
    "answer",
    "ask_on_requirement",
    "ask_on_round",
    "create",
    "edit",
    "give_back",
    "publish",
    "reject",
    "submit",
    "withdraw",
]
