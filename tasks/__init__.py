"""Celery's door: a task carries ids in and calls one service; it decides nothing."""
