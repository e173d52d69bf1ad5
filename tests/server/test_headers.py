"""tests/web/test_headers.py once more: what the real server does differently from the test client shows here."""

from tests.web.test_headers import *  # noqa: F403
