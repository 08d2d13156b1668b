"""Mirrors the rooms; `gate/` holds the accuracy floors."""
