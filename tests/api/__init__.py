"""The API: tokens, doors, refusals, pages, repeated requests, and what schemathesis finds."""
