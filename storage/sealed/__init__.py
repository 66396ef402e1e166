"""Keys, and how files are encrypted on their way into the vault."""
