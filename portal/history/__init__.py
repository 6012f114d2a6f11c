"""The history of a row of the table."""
