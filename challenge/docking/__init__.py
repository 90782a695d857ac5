"""Meetings of a requirement's seeker with those who may solve it, and what came of each."""
