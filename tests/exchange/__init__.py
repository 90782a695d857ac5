"""Bringing in and taking out, by example."""
