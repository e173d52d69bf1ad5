"""A device as its owner would say it, and the network of an address."""

import pytest

from web.user_agent import UNKNOWN, describe, shorten

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"

SAMSUNG = "Mozilla/5.0 (Linux; Android 14; SM-A155F)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (WINDOWS, "Chrome di Windows"),
        (f"{WINDOWS} Edg/131.0.0.0", "Edge di Windows"),
        (f"{WINDOWS} OPR/116.0.0.0", "Opera di Windows"),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari di iPhone"),
        (f"{IPHONE} CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome di iPhone"),
        (f"{SAMSUNG} SamsungBrowser/27.0 Chrome/125.0 Safari/537.36", "Samsung Internet di Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox di Linux"),
        (f"{MAC} AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15", "Safari di Mac"),
        ("curl/8.5.0", UNKNOWN),
        ("", UNKNOWN),
        ("<script>alert(1)</script>" * 999, UNKNOWN),
    ],
)  # fmt: skip
def test_a_device_in_words(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("103.23.45.67", "103.23.45.…"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:0db8:85a3:…"),
        ("::ffff:103.23.45.67", "103.23.45.…"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_loses_its_machine(address: str, short: str) -> None:
    assert shorten(address) == short
