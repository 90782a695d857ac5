"""Bytes by content, and the names that people gave them."""
