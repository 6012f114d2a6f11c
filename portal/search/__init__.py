"""The search over notices and forms: the words kept for it, below; what a visitor asks of them, above."""
