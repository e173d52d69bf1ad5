"""A real SMTP server (aiosmtpd) on a free port that can be told to refuse, to cut the line, or to hang."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline.settings import Smtp


@dataclass
class SmtpHandler:
    """What to do at the next RCPTs and at the end of the next DATAs: a reply, "cut" or "hang"; else accept.

    "keep cut" and "keep hang" take the letter first.
    """

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)
    asked: int = 0

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.asked += 1
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer == "250 OK":
            envelope.rcpt_tos.append(address)
        return await _say(server, answer)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        answer = self.data.pop(0) if self.data else "keep 250 OK"
        if answer.startswith("keep "):
            assert isinstance(envelope.content, bytes)
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return await _say(server, answer.removeprefix("keep "))


async def _say(server: SMTP, answer: str) -> str:
    if answer == "cut":
        server.transport.abort()
    elif answer == "hang":
        await server._reader.read()  # until the other side gives up
    return "421 gone" if answer in {"cut", "hang"} else answer


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class SmtpServer:
    """The server, for the length of a ``with``."""

    def __init__(self) -> None:
        self.handler = SmtpHandler()
        self._controller = _OnAnyPort(self.handler, hostname="127.0.0.1", port=0)

    def __enter__(self) -> "SmtpServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def settings(self) -> Smtp:
        return Smtp(host="127.0.0.1", port=self._controller.port, tls=False, sender="Perizinan <izin@kota.test>")
