"""The record that cannot be rewritten, by example."""
