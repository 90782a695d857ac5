"""Facts that tie people and organizations to each other: told by people, or written from the rooms above."""
