"""One index over rounds, requirements, achievements and experts, zh and en: public faces alone."""
