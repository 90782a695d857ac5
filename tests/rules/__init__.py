"""The pure rules, by example."""
