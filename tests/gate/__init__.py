"""Accuracy floors that only rise."""
