"""Editions of the dates that come out by themselves, at the instant that a publisher chose."""
