"""The solver's rooms, by example."""
