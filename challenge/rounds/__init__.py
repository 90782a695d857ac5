"""Programmes, their rounds, the windows of each round, and the gate that decides every deadline."""
