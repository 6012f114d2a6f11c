"""Telling a cache in front of the portal, a CDN, what changed, so that it throws away the pages that say otherwise."""
