"""The door of the back office’s programs: what staff do at the desk, with a token in the place of a session."""
