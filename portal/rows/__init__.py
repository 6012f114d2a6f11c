"""The rows of the table: the kinds of request."""
