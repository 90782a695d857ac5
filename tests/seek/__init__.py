"""Tests of the seeker's rooms."""
