"""By which device somebody came, and from where, as its owner would say it: enough to be known again, and no more."""

from ipaddress import IPv4Address, ip_address

from flask import Request

from pipeline.services.people.sessions import Origin

#: What stands in a user agent -> what its browser and its machine are called; the first that is found.
BROWSERS = {
    "SamsungBrowser/": "Samsung Internet", "Edg": "Edge", "OPR/": "Opera", "UCBrowser/": "UC Browser",
    "Firefox/": "Firefox", "FxiOS/": "Firefox", "CriOS/": "Chrome", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
MACHINES = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "Chromebook",
    "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip
UNKNOWN = "Peramban tidak dikenal"


def origin_of(request: Request) -> Origin:
    """Of a request that begins a session."""
    return Origin(describe(request.user_agent.string), shorten(request.remote_addr or ""))


def describe(user_agent: str) -> str:
    """ "Chrome di Android"; UNKNOWN for what is no browser we know."""
    browser = next((name for part, name in BROWSERS.items() if part in user_agent), "")
    machine = next((name for part, name in MACHINES.items() if part in user_agent), "")
    return " di ".join(filter(None, (browser, machine))) or UNKNOWN


def shorten(address: str) -> str:
    """The network of an address, and not the one machine in it: "103.23.45.…"."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, IPv4Address):
        return f"{address.rpartition('.')[0]}.…"
    return shorten(str(read.ipv4_mapped)) if read.ipv4_mapped else f"{':'.join(read.exploded.split(':')[:3])}:…"
