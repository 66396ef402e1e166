"""What is done for a case beside talking: stages, tasks, submissions to hospitals."""
