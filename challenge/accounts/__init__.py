"""People, organizations, memberships and the roles that hold for something."""
