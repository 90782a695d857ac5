"""Measurements: `make bench` against the floor, `make storm` against the clock."""
