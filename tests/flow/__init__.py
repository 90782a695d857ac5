"""Tests of what follows from what."""
