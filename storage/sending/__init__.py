"""Who may send which outbox row, and when."""
