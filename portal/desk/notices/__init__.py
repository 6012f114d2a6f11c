"""Notices at the desk: written in both languages side by side, seen as readers will, checked, published, withdrawn."""
