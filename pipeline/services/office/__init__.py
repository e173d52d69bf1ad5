"""The office as a whole: that it opens, a trial it declares, and whether its messages arrive."""
