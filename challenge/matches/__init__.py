"""From need to solver: which experts, achievements and organizations suit a requirement, and why."""
