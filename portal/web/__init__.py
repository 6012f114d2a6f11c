"""What is common to all pages."""
