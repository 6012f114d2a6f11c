"""What other sites may show of the table: a fragment to frame, and a badge for each row."""
