"""Every page, looked at: all widths, languages and themes by `make look`, one of each by `make test`."""
