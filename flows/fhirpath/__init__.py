"""The expressions of a questionnaire: compiled once, evaluated with an end that is certain, over what they can read at all."""
