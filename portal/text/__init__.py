"""What becomes of a text that a person typed: safe HTML, an address, words to find it by, what a correction changed."""
