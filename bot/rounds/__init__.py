"""What is done every so often although nobody writes: reminders that are due, a look at what waits, counts, house-keeping."""
