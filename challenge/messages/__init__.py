"""Letters: templates in two languages, rendered and sent by the worker."""
