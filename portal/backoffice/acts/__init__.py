"""Each act that a program may ask for: the one of the desk, from a document or a file."""
