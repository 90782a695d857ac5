"""Reads across features: the figures and open matters of a round."""
