"""The doors for people: a folder per audience, one table of routes each, one door check for all."""
