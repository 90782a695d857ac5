"""Words of what follows the results: certificates of awards, and proposals offered anew."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "not_a_certificate_code": _("A number looks like C-2026-0007, a code like 7K3M-9XQ2-PDH."),
    "certificates_early": _("Certificates are issued once the results are published."),
    "anew_no_consent": _("The team has not agreed to this proposal being offered, or does not any more."),
    "anew_below_the_bar": _("This entry stands below the bar that you set."),
    "anew_need_not_open": _("This need is not open any more."),
    "anew_own_need": _("The need is of those behind the entry, or the entry was made for it."),
    "anew_over": _("This offer was answered or taken back."),
    "anew_nobody_left": _("Nobody speaks for this entry any more."),
    "anew_share": _("Write whole per cent from 1 to 100."),
}
CERTIFICATES: Mapping[str, LazyString] = {
    "award": _("Prizes"),
    "finalist": _("Finalists without a prize"),
    "participation": _("Taking part"),
}
PARTS: Mapping[str, LazyString] = {
    "summary": _("its title and public summary alone"),
    "whole": _("all of it: what the judges read, with its files"),
}
BARS: Mapping[str, LazyString] = {
    "share": _("the best so many per cent of the ranking"),
    "total": _("those with at least so many points"),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "award_certificate.issued": ("good", "medal", _("A certificate of a result was issued")),
    "award_certificate.revoked": ("bad", "x", _("A certificate of a result was revoked")),
    "award_certificate.unnamed": ("", "eye-off", _("A name was taken off a certificate of a result")),
    "award_certificate.wished": ("", "user", _("A member asked for a certificate in their own name")),
    "award_certificate.unwished": ("", "x", _("A member wants no certificate in their own name any more")),
    "anew.consented": ("", "check", _("A team agreed to its proposal being offered to similar needs")),
    "anew.taken_back": ("", "x", _("A team does not want its proposal offered any more")),
    "anew.searched": ("", "search", _("Similar needs for good proposals were looked for")),
    "anew.offered": ("", "mail", _("A proposal was offered to the seeker of a similar need")),
    "anew.interested": ("good", "check", _("A seeker is interested in a proposal that was offered")),
    "anew.declined": ("", "x", _("A seeker declined a proposal that was offered")),
}
