"""The WSGI entry: `granian --interface wsgi wsgi:app`, and `flask --app wsgi ...`."""

from challenge.app import create_app

app = create_app()
