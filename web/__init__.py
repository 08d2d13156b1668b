"""Rows → pages: what the database knows, for people who would rather look than type."""
