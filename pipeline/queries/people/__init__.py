"""Accounts, their letters, and who looked at what."""
