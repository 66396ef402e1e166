"""The desk's own memory: lists, counts, tasks, submissions, and what hospitals may read."""
