"""The rigs tests stand on: databases, the application, servers, mail, browsers; one file per concern."""
