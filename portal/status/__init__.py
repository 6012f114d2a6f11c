"""The status of one request, for whoever holds its reference."""
