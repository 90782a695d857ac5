"""What every floor above stands on: the database, its clock, the reader and the actor."""
