"""A Word template, checked and filled in."""
