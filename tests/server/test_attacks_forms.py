"""tests/web/test_attacks_forms.py once more: what the real server does differently from the test client shows here."""

from tests.web.test_attacks_forms import *  # noqa: F403
