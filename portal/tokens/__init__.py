"""The tokens by which programs of the back office write: made and revoked by staff, known by their hash alone."""
