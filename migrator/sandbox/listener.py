"""Sockets and threads of a small HTTP server that can always be stopped; no HTTP of its own."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINGER = "hh" if sys.platform == "win32" else "ii"
"""How the system packs its `struct linger`."""


class Listener(ThreadingHTTPServer):
    """Threads and sockets that all end with `stop`, also those of idle connections."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        self._threads_by_socket: dict[socket.socket, threading.Thread] = {}
        self._to_reset: set[socket.socket] = set()
        self._open = threading.Lock()
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        # HTTPServer would look up our own name, which can take seconds.
        if sys.platform != "win32":  # there it would let two servers share a port
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._open:
            self._threads_by_socket[request] = thread
        thread.start()

    def reset(self, connection: socket.socket) -> None:
        """Lets a connection end with a TCP reset instead of an orderly close."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(LINGER, 1, 0))
        self._to_reset.add(connection)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        with self._open:
            self._threads_by_socket.pop(request, None)
        if request in self._to_reset:
            self._to_reset.discard(request)
            request.close()
        else:
            super().shutdown_request(request)

    def stop(self) -> None:
        """Ends serving, cuts every connection and waits for its thread."""
        self.shutdown()
        with self._open:
            connections = dict(self._threads_by_socket)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join(timeout=5)
        self.server_close()
