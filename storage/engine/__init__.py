"""How works and their statements get to SQLite or PostgreSQL."""
