"""The audit log, as it is read; its lines are written by `store.changes` alone."""
