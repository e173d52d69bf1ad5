"""What the office costs, beside its floor and its peers, in one run: ``python -m bench``."""
