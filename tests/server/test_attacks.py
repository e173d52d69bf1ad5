"""tests/web/test_attacks.py once more: what the real server does differently from the test client shows here."""

from tests.web import test_attacks as web
from tests.web.test_attacks import *  # noqa: F403


class TestShapeOdd(web.TestShapeOdd):
    """The same, with two of the values: those a header or the database might choke on."""

    value_odd = ["\0", "\r\nX-Jahat: 1"]
