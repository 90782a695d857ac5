"""From a ranking to published winners: proposal, the seeker's word, public notice, publication."""
