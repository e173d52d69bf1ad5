"""Which channels this office has, from its settings."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.channels.base import Delivery, Send
from pipeline.channels.others import OtherChannel
from pipeline.channels.smtp import EmailChannel
from pipeline.rules.notices.rules import Channel
from pipeline.settings import Settings

#: Those that leave the house.
OUTGOING = (Channel.SUREL, Channel.PESAN)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as the operator sees it."""

    channel: Channel
    name: str
    running: bool
    description: str


def channel(channel: Channel, s: Settings) -> Send | None:
    """What sends by this channel; None when the office has none. The demo without a server keeps its mail itself."""
    if channel is Channel.SUREL and s.smtp:
        return EmailChannel(s.smtp, urlsplit(s.base_url).hostname or "localhost")
    if channel is Channel.PESAN and s.message_url:
        return _messenger(s.message_url)
    return _keep if s.demo and channel in OUTGOING else None


def _messenger(url: str) -> Send:
    if url.startswith(("json://", "jsons://")):
        from pipeline.channels.gateway import GatewayChannel  # httpx, which only an office with a gateway needs

        return GatewayChannel(url)
    return OtherChannel(url)


def alive(s: Settings) -> frozenset[Channel]:
    """The channels a notice may be written for."""
    return frozenset({Channel.LONCENG, *(k for k in OUTGOING if channel(k, s))})


def health(s: Settings) -> tuple[ChannelState, ...]:
    """Every channel that leaves the house, on or off, and what that means."""
    running = alive(s)
    missed = felt_without(running)
    email = f"Lewat {s.smtp.host}, dari {s.smtp.sender}." if s.smtp else _without(s, "SMTP_URL dan MAIL_FROM", missed)
    gateway = urlsplit(s.message_url).hostname if s.message_url.startswith("json") else None
    message = f"Lewat {gateway or 'apprise'}." if s.message_url else _without(s, "ALURIZIN_PESAN_URL", missed)
    return (
        ChannelState(Channel.SUREL, "Surel", Channel.SUREL in running, email),
        ChannelState(Channel.PESAN, "Pesan ke HP", Channel.PESAN in running, message),
    )


def felt_without(running: Collection[Channel]) -> str:
    """What applicants feel of a channel that is off, while these run."""
    if Channel.SUREL in running:
        return "Kabar hanya dikirim lewat surel."
    if Channel.PESAN in running:
        return "Kabar hanya dikirim lewat pesan ke HP."
    return "Pemohon hanya mendapat kabar di dalam aplikasi."


def _without(s: Settings, name: str, missed: str) -> str:
    if s.demo:
        return "Mode demo: tidak ada yang keluar, semua masuk kotak surat demo."
    return f"Mati: atur {name} untuk menyalakannya. {missed}"


def _keep(_: Delivery) -> None:
    """The demo's mailbox: the row of the notice is the letter, and its page shows it."""
