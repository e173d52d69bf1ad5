"""Settings that are numbers: how each is read, and the sentence for what is none. Pure."""

from pipeline.errors import DefinitionError

HOPS_AT_MOST = 5


def read_hops(text: str) -> int:
    """How many proxies stand before the web. Raises DefinitionError."""
    if text.isascii() and text.isdigit() and int(text) <= HOPS_AT_MOST:
        return int(text)
    raise DefinitionError(f"PROXY_HOPS harus banyaknya proxy di depan web, 0-{HOPS_AT_MOST}, bukan {text!r}.")


def read_port(text: str) -> int:
    """A port whose next one is a port as well. Raises DefinitionError."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65535:
        return int(text)
    raise DefinitionError(f"ALURIZIN_PORT harus bilangan 1-65534, bukan {text!r}.")
