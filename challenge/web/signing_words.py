"""Words of signing and of the registry of technology contracts: refusals, choices, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "password_wrong": _("This is not your password. Nothing was signed."),
    "terms_changed": _(
        "The terms are not those that this page showed: a party has changed them or taken them back."
        " Nothing was signed. Read them anew."
    ),
    "agreement_terminated": _("This agreement was terminated: nobody signs it any more."),
    "side_signed": _("This side has signed already."),
    "side_not_yours": _("You do not speak for this party. Its representatives sign for it."),
    "one_person_one_side": _(
        "You have signed for another party: nobody signs for two. Somebody else has to sign for this one."
    ),
    "file_not_ready": _("The file is still being looked at. Try again in a minute."),
    "file_gone": _("Choose the file again: this one is not for the version in force."),
    "picture_unfit": _("This picture cannot be read. Save it anew as PNG or JPEG and upload it again."),
    "scan_unfit": _(
        "No page of this file can be read. Scan the paper again and upload it as PDF or picture."
    ),
    "not_a_picture": _("Choose a picture: PNG or JPEG."),
    "not_a_scan": _("Choose a PDF, or a picture: PNG or JPEG."),
    "scan_confirmed": _("A party has confirmed another scan already. The others confirm that one."),
    "not_a_hash": _("Write the hash as it stands on the audit page: 64 figures and letters from a to f."),
    # The registry
    "registry_unsigned": _("Only what all parties have signed can be registered."),
    "intent_not_registered": _("A letter of intent is no contract: the registry does not take it."),
    "registry_filed": _("It lies at the registry, or is registered: what was filed stays as it was filed."),
    "registry_incomplete": _(
        "%(count)s answers that the registry asks for are missing. They are listed here."
    ),
    "registry_kind_differs": _("The registry does not take an agreement of this kind as that."),
    "technology_above_total": _("What is paid for the technology cannot be more than the total."),
    "registry_number_taken": _("Another agreement is registered under this number."),
}

METHODS: Mapping[str, LazyString] = {
    "typed": _("My name, typed"),
    "picture": _("The picture of my signature"),
    "scan": _("The scan of the paper that all have signed"),
}
SIGNED_BY: Mapping[str, LazyString] = {
    "typed": _("Signed by name"),
    "picture": _("Signed with a picture"),
    "scan": _("The scan of the paper confirmed"),
}
STATES: Mapping[str, tuple[str, str, LazyString]] = {  # tone, icon, words
    "none": ("", "draft", _("Not filed")),
    "filed": ("info", "clock", _("Filed, waits for the registry")),
    "registered": ("good", "check", _("Registered")),
    "refused": ("warn", "x", _("Refused by the registry")),
}

FIELDS: Mapping[str, LazyString] = {
    "contract_kind": _("Kind of contract"),
    "technology_minor": _("Of it, for the technology"),
    "payment": _("Way of payment"),
    "ip_kind": _("Kind of intellectual property"),
    "area": _("Technology area"),
    "goal": _("Social and economic goal"),
    "source": _("Plan that the project comes from"),
    "listed": _("A party is listed on a stock exchange"),
    "foreign": _("A party is foreign"),
}
# What can be missing: of the form above, of the terms, of a party.
LACKS: Mapping[str, LazyString] = {
    **FIELDS,
    "party": _("Both parties"),
    "party_name": _("Name of the party"),
    "party_code": _("Registration code of the party"),
    "party_code_wrong": _("The registration code of the party is not a valid one"),
    "total": _("Total amount"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
}
CHOICES: Mapping[str, LazyString] = {
    "development": _("Development of technology"),
    "transfer": _("Transfer of technology"),
    "licence": _("Licence"),
    "consulting": _("Technical consulting"),
    "service": _("Technical service"),
    "lump_sum": _("One payment"),
    "instalments": _("Instalments"),
    "commission": _("Royalty"),
    "entry_and_commission": _("Entry fee and royalty"),
    "invention": _("Patent of invention"),
    "utility_model": _("Utility model"),
    "design_patent": _("Design patent"),
    "secret": _("Technical secret"),
    "software": _("Software copyright"),
    "circuit": _("Layout of an integrated circuit"),
    "plant": _("New plant variety"),
    "drug": _("New drug"),
    "design_right": _("Copyright of a design"),
    "no_ip": _("None is concerned"),
    "electronics": _("Electronics and information"),
    "aerospace": _("Aerospace"),
    "manufacturing": _("Advanced manufacturing"),
    "biomedicine": _("Biology, medicine and medical devices"),
    "materials": _("New materials and their use"),
    "energy": _("New energy and energy saving"),
    "environment": _("Environment and resources"),
    "nuclear": _("Nuclear application"),
    "agriculture": _("Agriculture"),
    "transport": _("Modern transport"),
    "urban": _("Urban construction and social development"),
    "goal_environment": _("Protection of the environment"),
    "goal_energy": _("Energy production and use"),
    "goal_health": _("Health"),
    "goal_education": _("Education"),
    "goal_infrastructure": _("Infrastructure, town and country planning"),
    "goal_society": _("Social development and services"),
    "goal_earth": _("Exploration of earth and atmosphere"),
    "goal_space": _("Civil space"),
    "goal_agriculture": _("Farming, forestry and fishing"),
    "goal_industry": _("Industry and commerce"),
    "goal_research": _("Research without a set goal"),
    "goal_other": _("Other civil goals"),
    "goal_defence": _("Defence"),
    "national": _("National plan"),
    "ministry": _("Plan of a ministry"),
    "province": _("Plan of a province"),
    "city": _("Plan of a city or county"),
    "unplanned": _("Of no plan"),
    "yes": _("yes"),
    "no": _("no"),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "agreement.side_signed": ("good", "edit", _("A party signed the agreement")),
    "agreement.signed": ("good", "check", _("The agreement is signed by all")),
    "requirement.agreed": ("good", "check", _("The requirement is agreed on by a contract")),
    "agreement.picture_added": ("", "upload", _("The picture of a signature was uploaded")),
    "agreement.scan_added": ("", "upload", _("A scan of the signed paper was uploaded")),
    "agreement.registry_saved": ("", "edit", _("Answers for the registry were saved")),
    "agreement.registry_filed": ("", "open", _("The contract was filed at the registry")),
    "agreement.registry_registered": ("good", "check", _("The contract was registered")),
    "agreement.registry_refused": ("warn", "x", _("The registry refused the contract")),
}
