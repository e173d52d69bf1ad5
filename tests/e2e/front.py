"""A real web server behind real proxies: nginx with the files of ops/proxy, and a browser that is only a socket."""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from string import Template

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ops.processes import Process
from ops.supervisor import command_line

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
HOST = "izin.contoh.go.id"
#: What stands around a layout; the image of nginx has the like.
_AROUND = Template(
    "${user}daemon off; pid $home/nginx.pid; error_log $home/error.log; worker_processes 1; events {}\n"
    "http {\n access_log $home/access.log;\n client_body_temp_path $home/body; proxy_temp_path $home/proxy;\n"
    " fastcgi_temp_path $home/fastcgi; uwsgi_temp_path $home/uwsgi; scgi_temp_path $home/scgi;\n"
    " include $home/layout.conf;\n}\n"
)
#: Another proxy of the office, as they are usually set up: TLS ends there, and whom it heard is added.
OTHER_PROXY = """
server {
  listen ${ALURIZIN_HTTPS} ssl;
  ssl_certificate ${ALURIZIN_CERTIFICATES}/fullchain.pem;
  ssl_certificate_key ${ALURIZIN_CERTIFICATES}/privkey.pem;
  client_max_body_size 0;
  server_tokens off;
  location / {
    proxy_pass http://${ALURIZIN_NEXT};
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }
}
"""


def free_address() -> str:
    """A port of this machine that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def make_certificate(folder: Path) -> None:
    """Of the office's host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def proxy(layout: str, values: Mapping[str, str], home: Path) -> Iterator[None]:
    """nginx with a layout filled in as its image does it: named variables alone are replaced."""
    home.mkdir()
    (home / "alurizin").symlink_to(ROOT / "ops" / "proxy")
    (home / "layout.conf").write_text(Template(layout).safe_substitute(values), encoding="utf-8")
    user = "user root; " if os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(_AROUND.substitute(home=home, user=user), encoding="utf-8")
    with run([PROGRAM, "-p", str(home), "-c", str(home / "nginx.conf")], home / "error.log"):
        wait_for(values.get("ALURIZIN_HTTPS") or values["ALURIZIN_HTTP"], home / "error.log")
        yield


@contextmanager
def ours(processes: Mapping[str, Process], env: Mapping[str, str], home: Path) -> Iterator[None]:
    """Programs of the office, by the address each listens on."""
    with ExitStack() as running:
        for process in processes.values():
            running.enter_context(run(command_line(process), home / f"{process.name}.log", env))
        for address, process in processes.items():
            wait_for(address, home / f"{process.name}.log")
        yield


@contextmanager
def run(words: list[str], log: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    with log.open("ab") as out, subprocess.Popen(words, cwd=ROOT, env=env, stdout=out, stderr=out) as running:
        try:
            yield
        finally:
            running.terminate()


def wait_for(address: str, log: Path) -> None:
    """Until something listens there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), closing(socket.create_connection(_pair(address), timeout=5)):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _pair(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Front:
    """What the public reaches."""

    tls: str
    certificate: Path
    web: str  # where the web listens behind it
    http: str = ""  # the door that only leads over, where it is ours

    def line(self, client: str = "127.0.0.1", *, newest: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
        """A connection of somebody at this address."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if newest:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        line = socket.create_connection(_pair(self.tls), timeout=60, source_address=(client, 0))
        return context.wrap_socket(line, server_hostname=HOST)

    def ask(
        self,
        path: str,
        client: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """One request, and its answer."""
        conn = HTTPConnection(HOST)
        conn.sock = self.line(client)
        with closing(conn):
            with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough: its answer is there to be read
                conn.request(method, path, body=body or None, headers={"Host": HOST, **(headers or {})})
            return _answer(conn.getresponse())


def _answer(response: HTTPResponse) -> Answer:
    return Answer(response.status, dict(response.getheaders()), response.read().decode())


def ask_plain(address: str, words: bytes) -> Answer:
    """Raw words to a door without TLS."""
    with ExitStack() as stack:
        line = stack.enter_context(socket.create_connection(_pair(address), timeout=60))
        line.sendall(words)
        response = HTTPResponse(line)
        response.begin()
        return _answer(response)


def open_lines(address: str) -> int:
    """How many connections a server on this port has."""
    _, port = _pair(address)
    established, ours_ = "01", f"0100007F:{port:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == ours_ and row[3] == established for row in rows)
