"""Tests of requirements and their questions."""
