"""What a seeker and a solver agree on, with a round behind it or none, until its results are handed over."""
