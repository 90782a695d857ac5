"""The migrations themselves, up and down, over filled tables, on both databases."""
