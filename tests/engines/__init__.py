"""Engines asked directly."""
