"""The people who publish: their roles, how they sign in, and for how long."""
