"""Tests of the commands that no other folder has."""
