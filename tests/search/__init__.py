"""The search: what is found, by whom, and what never is."""
