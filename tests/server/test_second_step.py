"""tests/web/test_second_step.py once more: what the real server does differently from the test client shows here."""

from tests.web.test_second_step import *  # noqa: F403
