"""Proposals: drafts, immutable versions, teams and receipts."""
