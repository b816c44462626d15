"""The shop's side of the notices: a server that keeps what it is told."""

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

ACCEPTING = {
    "/alipay": (200, b"success"),
    "/wechat": (204, b""),
    "/unionpay": (200, b"ok"),
    "/kd100": (200, b'{"result":true,"returnCode":"200","message":"ok"}'),
}


@dataclass
class Heard:
    path: str
    headers: dict
    body: bytes
    at: float

    @property
    def fields(self):
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Shop:
    """Answers notices as told, keeps them all."""

    def __init__(self):
        self.heard = []
        self.refusals = {}
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.heard.append(Heard(self.path, dict(self.headers), body, time.time()))
                status, answer = shop.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        left, status, answer = self.refusals.get(path, (0, 0, b""))
        if left:
            self.refusals[path] = (left - 1, status, answer)
            return status, answer
        return ACCEPTING[path]

    def refuse(self, path, times, status=500, answer=b"fail"):
        self.refusals[path] = (times, status, answer)

    def about(self, word):
        return [heard for heard in self.heard if word.encode() in heard.body]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
