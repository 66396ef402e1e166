"""What whoever runs an installation types: each module is one command of `python -m bot` beside `run`."""
