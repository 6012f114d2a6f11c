"""Telephones, opening hours, and whether someone answers now."""
