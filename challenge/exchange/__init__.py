"""Bringing competitions in from elsewhere, and taking them out again."""
