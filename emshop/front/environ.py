"""An ASGI scope in the words of WSGI (PEP 3333)."""

import sys
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from emshop.front.types import Scope

LONGEST_REMEMBERED = 512
FILE_PIECE = 256 * 1024

_names: dict[bytes, str] = {}


class FileWrapper:
    """A file that a view answers with (wsgi.file_wrapper); the bridge reads it in large pieces."""

    def __init__(self, file: IO[bytes], _block_size: int = FILE_PIECE) -> None:
        self.file = file

    def __iter__(self) -> "FileWrapper":
        return self

    def __next__(self) -> bytes:
        piece = self.file.read(FILE_PIECE)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the file; Django hangs the end of the request on it."""
        self.file.close()


def build_environ(scope: Scope, body: IO[bytes], announced: int | None) -> dict[str, Any]:
    """Return the environ of the request."""
    raw_path = scope.get("raw_path") or scope["path"].encode()
    server, client = scope.get("server") or ("127.0.0.1", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": unquote_to_bytes(raw_path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    _add_headers(environ, scope)
    if announced is None:
        environ["CONTENT_LENGTH"] = str(_size_of(body))  # it came in pieces; now it is known
    return environ


def _add_headers(environ: dict[str, Any], scope: Scope) -> None:
    for name, value in scope["headers"]:
        key = _names.get(name) or _environ_name(name)
        if not key:
            continue
        text = value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if name == b'cookie' else ','}{text}"
        environ[key] = text


def _environ_name(name: bytes) -> str:
    """Return the key of a header; none for a name with "_", which could pass for another with "-"."""
    if b"_" in name:
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    if len(_names) < LONGEST_REMEMBERED:
        _names[name] = key
    return key


def _size_of(body: IO[bytes]) -> int:
    size = body.seek(0, 2)
    body.seek(0)
    return size
