"""Tests of the pages, by room."""
