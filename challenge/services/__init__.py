"""A centre's services: its catalogue, what is asked of it, and how each request went."""
