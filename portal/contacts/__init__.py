"""Telephones by region, and whether someone answers now; the same as cards and as data."""
