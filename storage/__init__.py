"""Outcome → rows → lists: all SQL is in this room."""
