"""What people type, understood: numbers, dates, units, options, languages, in any script. Nothing is guessed; what is unclear is asked about."""
