"""A real HTTP server that takes messages for phones, and can be told to fail, to cut the line, or to hang."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """``answers``: what to do next: a status, (status, JSON), "cut" or "hang"; else 200. Keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.taken: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> "Gateway":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/kirim"


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = gateway.answers.pop(0) if gateway.answers else 200
            if answer == "hang":
                self.connection.recv(1)  # until the other side gives up
            if isinstance(answer, str):
                self.close_connection = True
                return
            status, content = answer if isinstance(answer, tuple) else (answer, {})
            if status == 200 and content.get("status", True):
                gateway.taken.append(json.loads(body))
                gateway.headers.append(dict(self.headers))
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
