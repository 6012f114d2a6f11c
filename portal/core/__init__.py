"""Pure words and values: no Flask, no SQLAlchemy, no clock, no environment."""
