"""The office: its SOP, its rules, its records. Knows no Flask, no Celery, no Redis."""
