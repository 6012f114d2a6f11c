"""When a date not yet reached will be, from the row's own history only."""
