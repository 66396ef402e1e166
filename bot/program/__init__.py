"""The program as a whole: its life, its logs, the folder that it has for itself, the signals that end it, several of it."""
