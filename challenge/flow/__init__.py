"""What follows from what: closings, effects of events, and the handlers of work rows."""
