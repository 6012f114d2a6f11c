"""The forms by their number: the rows that cover each, its group, and how its credentials travel."""
