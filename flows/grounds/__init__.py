"""What a criterion rests on: answers, values that were read in reports, how old they are, and how well they show it."""
