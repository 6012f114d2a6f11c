"""The database asked with its bare driver, where SQLAlchemy would take longer than the database does."""
