"""What becomes of each column that names a person when the person is erased: the one table of it.

The schema says most of it. A key to an account that cascades marks a row of that person: it goes. One that is
set to null marks what somebody did in an office or for a team: the row stays, and so does the number, which
leads to an account without a name (`PSEUDONYM`). What follows another rule, and every address, is told here;
`tests/house` holds this table against the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from challenge.base.db import Base

PERSON = "user_account"
OWN_ADDRESS = "address of its own"  # a mark for this person alone, where a column takes no two alike


@dataclass(frozen=True, slots=True)
class Fate:
    """`goes`: the rows are deleted. Else they stay, with these columns set to these values."""

    goes: bool = False
    blank: Mapping[str, Any] = field(default_factory=dict)


GOES, STAYS = Fate(goes=True), Fate()
Place = tuple[str, str]

SPECIAL: Mapping[Place, Fate] = {
    # Theirs, but others count on the row
    ("care", "broker_id"): STAYS,
    ("docking_pair", "user_id"): STAYS,  # that a need was docked is one of its figures
    ("enrolment", "user_id"): Fate(blank={"name": ""}),
    ("face_access", "user_id"): Fate(blank={"words": ""}),  # who was let in is told to the need's seeker
    ("public_vote", "user_id"): STAYS,  # a vote was counted
    # An office, by the schema, but a personal thing
    ("invitation", "accepted_by"): GOES,
    ("invitation", "email"): GOES,
    ("teammate_message", "sender_id"): GOES,
    ("teammate_post", "author_id"): GOES,
    ("team_link", "accepted_by"): GOES,
    ("tie", "other_email"): GOES,
    ("tie", "other_id"): GOES,
    ("tie", "person_email"): GOES,
    ("upload", "user_id"): GOES,
    ("question", "asker_id"): Fate(blank={"asker_id": None}),
    # The record of a relation to others: what happened stays, who it was does not
    ("achievement_opening", "email"): GOES,
    ("external_identity", "address"): GOES,
    ("identity_letter", "address"): GOES,
    ("letter", "recipient"): Fate(
        blank={
            "recipient": OWN_ADDRESS,
            "subject": "",
            "body": "",
            "html": None,
            "attachments": [],
            "unsubscribe": None,
        }
    ),
    ("objection", "author_id"): Fate(blank={"name": "", "address": "", "text": ""}),
    ("objection", "address"): Fate(blank={"name": "", "address": "", "text": ""}),
    ("recipient", "address"): Fate(
        blank={"address": OWN_ADDRESS, "name": "", "elsewhere": {}, "user_id": None, "failure": None}
    ),
    ("recipient", "user_id"): Fate(blank={"name": "", "elsewhere": {}, "user_id": None, "failure": None}),
    ("requirement", "contact_email"): Fate(
        blank={"contact_name": "", "contact_phone": "", "contact_email": ""}
    ),
    ("team_member", "email"): Fate(blank={"email": OWN_ADDRESS, "name": "", "affiliation": ""}),
    ("team_member", "user_id"): Fate(blank={"email": OWN_ADDRESS, "name": "", "affiliation": ""}),
    ("user_account", "email"): STAYS,  # the account itself is emptied last, see `scrubbing`
    # Signed with a name that binds: kept as a dated hold, see `foreseeing`
    ("agreement_signature", "user_id"): STAYS,
    ("nda_acceptance", "user_id"): STAYS,
    # Of this room itself
    ("erasure", "user_id"): STAYS,
    ("legal_hold", "user_id"): STAYS,
}
# Columns called after an address that is none of a person.
NO_PERSON = frozenset({("search_entry", "address")})
# Called so, or in these words: a column that holds an address of a person.
ADDRESSED = ("email", "recipient", "address", "person_email", "other_email", "contact_email")


def all_fates() -> Iterator[tuple[Place, Fate]]:
    """Every column that names a person, with what becomes of it."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            place = (table.name, column.name)
            fate = SPECIAL.get(place) or _by_schema(column)
            if fate is not None and place not in NO_PERSON:
                yield place, fate


def _by_schema(column: sa.Column[Any]) -> Fate | None:
    for key in column.foreign_keys:
        if key.column.table.name == PERSON:
            return GOES if key.ondelete == "CASCADE" else STAYS
    return None


def unplaced() -> list[Place]:
    """Columns that hold an address and of which nothing is told."""
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in ADDRESSED
        and (table.name, column.name) not in SPECIAL
        and (table.name, column.name) not in NO_PERSON
    ]
