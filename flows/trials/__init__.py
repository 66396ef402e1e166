"""Protocols of trials as data, and how a case stands beside each. For coordinators only."""
