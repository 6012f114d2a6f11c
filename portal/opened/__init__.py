"""One request in the hands of staff: opened by its reference, moved on, corrected."""
