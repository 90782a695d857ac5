"""The public discussion of a round, by example."""
