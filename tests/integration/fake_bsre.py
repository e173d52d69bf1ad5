"""A small eSign Client Service: signs with a local certificate, and fails on demand."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipeline.documents.signing import Secret, TteRequest
from pipeline.documents.signing.local import LocalSigner, create_certificate

PASSPHRASE = "frasa-bsre"
NIK = "6372014107850001"


class FakeBsre(ThreadingHTTPServer):
    """``mode`` is the failure switch; ``seen`` the bodies that arrived."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        create_certificate(folder, "bsre", "Dra. Hj. Siti Rahmah, M.AP.", Secret("x"))
        self.signer = LocalSigner(folder)
        self.mode = "baik"
        self.other_pdf = b""
        self.seen: list[dict[str, object]] = []
        self.stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sign(self, pdf: bytes) -> bytes:
        ask = TteRequest(id="x", pdf=pdf, official="bsre", verification_url="")
        return self.signer.sign(ask, Secret("x")).pdf


@contextmanager
def running(folder: Path) -> Iterator[FakeBsre]:
    server = FakeBsre(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: FakeBsre

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "auth": self.headers["Authorization"], **body})
        mode = self.server.mode
        if mode == "putus":
            self.connection.close()
            return
        if mode == "diam":
            self.server.stop.wait(5)
            return
        self._answer(*self._outcome(mode, body))

    def _outcome(self, mode: str, body: dict[str, object]) -> tuple[int, object]:
        if mode.isdigit() and len(mode) == 3:
            return int(mode), "Internal Server Error"
        if mode.startswith("200:"):
            return 200, {"status_code": int(mode[4:]), "error": "salah"}
        if mode.isdigit():
            return 400, {"status_code": int(mode), "error": "salah"}
        if self.path.endswith("/status"):
            return 200, {"status": "ISSUE" if body["nik"] == NIK else "NOT_REGISTERED"}
        if body["passphrase"] != PASSPHRASE:
            return 400, {"status_code": 2031, "error": "Passphrase anda salah"}
        return 200, {"time": 12, "file": self._files(mode, base64.b64decode(body["file"][0]))}  # type: ignore[index]  # JSON

    def _files(self, mode: str, pdf: bytes) -> object:
        files: dict[str, object] = {
            "baik": [base64.b64encode(self.server.sign(pdf)).decode()],
            "tanpa": [base64.b64encode(pdf).decode()],
            "lain": [base64.b64encode(self.server.sign(self.server.other_pdf or pdf)).decode()],
            "rusak": ["%%%"],
            "kosong": [],
        }
        return files[mode]

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode() if not isinstance(body, str) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""
