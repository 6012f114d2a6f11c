"""Notices to the audiences, and their feeds."""
