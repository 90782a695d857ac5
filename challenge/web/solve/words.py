"""Words of the solver's rooms: the parts of a submission, what is missing of it, targets."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext

from challenge.base import i18n
from challenge.files.sniffing import ACCEPT
from challenge.rules.formspec import Spec
from challenge.submissions.material import Asked
from challenge.submissions.queries import Shown
from challenge.web.public.cards import SIGNS


def parts_of(spec: Spec) -> dict[str, str]:
    """The parts of a submission by the field that holds them, in the reader's language."""
    zh = i18n.reader().zh
    return {field.key: field.label.say(zh) for field in spec} | {"team": gettext("Team")}


def missing_line(shown: Shown) -> str:
    """'2 parts missing: quote, team'; empty when nothing is."""
    faults = shown.missing
    if not faults:
        return ""
    parts = parts_of(shown.form.spec)
    names = i18n.listed(parts[fault.field] for fault in faults)
    if len(faults) == 1:
        return gettext("1 part missing: %(names)s", names=names)
    return gettext("%(num)d parts missing: %(names)s", num=len(faults), names=names)


def missing_count(count: int) -> str:
    """'2 parts missing', or that nothing is."""
    if not count:
        return gettext("Nothing is missing.")
    return ngettext("%(num)d part missing", "%(num)d parts missing", count)


def target(asked: Asked) -> str:
    """'≥ 99.2 %', or that it is met or not."""
    if asked.comparison == "yes":
        return gettext("yes")
    return " ".join(filter(None, (SIGNS[asked.comparison], asked.target, asked.unit)))


def about(shown: Shown) -> dict[str, Any]:
    """What the fields of a draft show beside their form: indicators with targets, files and their limits."""
    return {
        "asked": {str(each.id): (each, target(each)) for each in shown.material.indicators},
        "ref": shown.submission.ref,
        "files": shown.material.files,
        "most": shown.round.max_files,
        "limit": shown.round.max_file_bytes,
        "accept": ACCEPT,
    }
