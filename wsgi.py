"""The WSGI entry: `granian --interface wsgi wsgi:app`, and `flask --app wsgi ...`."""

import gc

# What is loaded here stays: to look it over for garbage while it grows takes a third of a start, and later
# a part of every look.
gc.disable()

from challenge.app import create_app  # noqa: E402 - after the line above, for which it is

app = create_app()

gc.freeze()
gc.enable()
