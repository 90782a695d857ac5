"""What the Makefile runs beside the packages' own commands."""
