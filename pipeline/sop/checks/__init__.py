"""What an SOP has to be before the office may run on it, subject by subject; ``check`` asks them in order."""
