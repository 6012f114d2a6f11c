"""The whole public site as files, for a CDN or an emergency host: walked, written, and served as the site does."""
