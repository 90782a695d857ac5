"""challenge: innovation challenges from a company's need to the award and beyond."""
