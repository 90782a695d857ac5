"""Webhooks, by example."""
