"""Writing notices: what one must be before it is kept, its file, and the check list before it is published."""
