"""What is on offer: achievements of organizations and people, and the profiles of experts."""
