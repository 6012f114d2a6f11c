"""What is kept: the database, the revision counters, the one door for writes."""
