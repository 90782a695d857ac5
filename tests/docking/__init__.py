"""Tests of docking."""
