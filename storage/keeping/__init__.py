"""Backups, restoring them, and forgetting for good."""
