"""The rules of the house, read from the tree itself: no application and no database is started."""
