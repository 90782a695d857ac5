"""Panels, assignments, scorecards and the ranking that follows from them."""
