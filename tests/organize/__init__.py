"""Tests of the organizer's rooms."""
