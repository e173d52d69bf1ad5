"""Notices: which news goes to whom by which channel (``rules``), and in which words (``words``). Pure."""
