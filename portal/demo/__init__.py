"""Demonstration content: deterministic for a day, and says what it is."""
