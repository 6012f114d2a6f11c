"""The table of processing dates."""
