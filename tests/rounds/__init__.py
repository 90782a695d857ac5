"""Tests of programmes, rounds and their windows."""
