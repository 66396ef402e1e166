"""When something is due: lengths of time, quiet hours, rules of reminders, programmes after an infusion."""
