"""Requests at the desk: the file of the back office, and one request in the hands of staff."""
