"""From need to solver, by example."""
