"""The public site, page by page."""
