"""Stored bytes, by example."""
