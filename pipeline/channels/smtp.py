"""E-mail by SMTP. Each stage says how sure its failure is: until the last dot is sent, nothing was delivered."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from pipeline.channels.base import TIME_LIMIT, Delivery, Refused, SendingFailed, Uncertain
from pipeline.settings import Smtp

#: One plain address: what could end a header or name a second recipient is none.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_POLICY = SMTP.clone(cte_type="7bit")  # not every relay takes eight bits
_START_POINT = re.compile(rb"(?m)^\.")
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Sends through one mail server, which knows us as ``domain``."""

    smtp: Smtp
    domain: str
    time_limit: float = TIME_LIMIT

    def __call__(self, delivery: Delivery) -> None:
        letter = build_message(delivery, self.smtp, self.domain).as_bytes(policy=_POLICY)
        try:
            with self._server() as server:
                _address(server, parseaddr(self.smtp.sender)[1], delivery.recipient)
                _hand_over(server, letter)
        except smtplib.SMTPResponseException as error:
            raise _refusal(error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise SendingFailed(f"Server surel tidak terjangkau ({type(error).__name__}).") from None

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        kind = smtplib.SMTP_SSL if self.smtp.tls else smtplib.SMTP
        server = kind(self.smtp.host, self.smtp.port, local_hostname=self.domain, timeout=self.time_limit)
        try:
            server.ehlo_or_helo_if_needed()
            self._secure(server)
            if self.smtp.user:
                server.login(self.smtp.user, self.smtp.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):  # it is delivered: how the call ends changes nothing
                server.quit()
        finally:
            server.close()

    def _secure(self, server: smtplib.SMTP) -> None:
        """STARTTLS with a server elsewhere; without it no password is sent there, and in production nothing."""
        if self.smtp.tls or self.smtp.host in _OWN:
            return
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self.smtp.user or self.smtp.tls_required:
            raise SendingFailed("Server surel tidak menawarkan TLS, jadi tidak ada yang dikirim lewatnya.")


def build_message(delivery: Delivery, smtp: Smtp, domain: str) -> EmailMessage:
    """The letter. Raises Ditolak for an address that is none; headers carry nothing else a person typed."""
    if not _ADDRESS.fullmatch(delivery.recipient):
        raise Refused("Alamat surel penerima tidak sah.")
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = smtp.sender
    letter["To"] = delivery.recipient
    if smtp.reply_to:
        letter["Reply-To"] = smtp.reply_to
    letter["Subject"] = delivery.title
    letter["Date"] = formatdate(localtime=True)
    letter["Message-ID"] = f"<{delivery.id}@{domain}>"  # the same when sent again: mail programs show it once
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(delivery.text)
    letter.add_alternative(delivery.html, subtype="html")
    return letter


def _address(server: smtplib.SMTP, sender: str, recipient: str) -> None:
    for code, answer in (server.mail(sender), server.rcpt(recipient)):
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, answer)


def _hand_over(server: smtplib.SMTP, letter: bytes) -> None:
    """DATA in its two halves: a failure of the first is a failure, silence after the second is nobody knows."""
    code, answer = server.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPResponseException(code, answer)
    server.send(_START_POINT.sub(b"..", letter) + b".\r\n")
    try:
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError):
        raise Uncertain("Server surel menerima surat tetapi tidak menjawab.") from None
    if code != 250:
        raise smtplib.SMTPResponseException(code, answer)


def _refusal(e: smtplib.SMTPResponseException) -> SendingFailed:
    """5xx is about this letter and final, unless it is about us: a blocked host, a wrong password."""
    if isinstance(e, (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)):
        return SendingFailed(f"Server surel menolak kantor ini ({e.smtp_code}): periksa SMTP_URL dan kata sandinya.")
    if e.smtp_code >= 500:
        return Refused(f"Server surel menolak surat ini ({e.smtp_code}).")
    return SendingFailed(f"Server surel belum dapat menerima ({e.smtp_code}).")
