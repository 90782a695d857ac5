"""What is on offer, told as stories."""
