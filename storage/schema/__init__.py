"""What the tables are made of, and those that `storage.tables` does not spell out itself."""
