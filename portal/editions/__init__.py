"""Editions: each publication of the table."""
