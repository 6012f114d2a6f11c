"""The commands by which staff publish: dates, notices, contact."""
