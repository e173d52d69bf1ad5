"""The one CSRF guard, over every POST of the application."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
