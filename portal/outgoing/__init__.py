"""Telling other machines something: one POST, within a time limit, and no further than the machine that is named."""
