"""The public discussion of a round: threads, answers, and what its organizers do about them."""
