"""Rows of work, written in the same transaction as what they follow from."""
