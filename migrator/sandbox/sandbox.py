"""A sandbox as a thing to start and stop; the only door for the command line and for tests."""

from __future__ import annotations

import errno
import json
import threading
import time
from types import TracebackType

from migrator.sandbox.answers import Json
from migrator.sandbox.app import App
from migrator.sandbox.attachments import Attachments, Stored
from migrator.sandbox.desk import Desk
from migrator.sandbox.faults import Dice, Fault, FaultPlan
from migrator.sandbox.limits import Windows
from migrator.sandbox.options import SandboxError, SandboxOptions
from migrator.sandbox.page import Page
from migrator.sandbox.seed import Workspace, api_keys, workspace
from migrator.sandbox.server import Server
from migrator.sandbox.store import Store

_DEFAULTS = SandboxOptions()
POLL_S = 0.02
"""How long `stop` may wait for the serving thread to notice."""


class Sandbox:
    """A local Featurebase on a real port, served by background threads.

    Use it as a context manager, or call `start` and `stop`. What it holds is asked for while it runs.
    """

    def __init__(self, options: SandboxOptions = _DEFAULTS) -> None:
        self.options = options
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- life ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Opens the store and the port, and begins to serve.

        Raises:
            SandboxError: The port is taken, or the database cannot be used.
        """
        options = self.options
        self._store = Store(options.db, options.seed)
        try:
            server = Server(options.host, options.port)
        except (OSError, OverflowError) as error:
            self._store.close()
            taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            reason = "it is in use already" if taken else error
            raise SandboxError(f"cannot listen on {options.host}, port {options.port}: {reason}") from error
        host = f"[{options.host}]" if ":" in options.host else options.host
        self._url = f"http://{host}:{server.server_port}"
        self._workspace = workspace(self._store.salt)
        self._keys = api_keys(self._store.salt, options.keys)
        folder = options.db.with_name(f"{options.db.name}.files") if options.db else None
        self._attachments = Attachments(folder, self._url, loopback_allowed=options.allow_loopback_files)
        app = App(self._store, self._workspace, self._attachments, options, self._url)
        self._app = app
        server.desk = Desk(
            app=app,
            page=Page(self._store, self._workspace, app.tickets, app.fields),
            attachments=self._attachments,
            options=options,
            keys=frozenset(self._keys),
            windows=Windows(
                options.window_s, options.rate_limit, options.workspace_limit, options.endpoint_limits
            ),
            dice=Dice(options.faults),
        )
        self._server = server
        self._stopping.clear()
        self._thread = threading.Thread(
            target=server.serve_forever, args=(POLL_S,), name="sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Cuts every connection and closes everything; what is `late` by then is never done.

        A second call does nothing.
        """
        if self._server is None or self._thread is None:
            return
        self._stopping.set()
        self._server.stop()
        self._thread.join()
        self._server.desk.cancel_timers()
        self._store.close()
        self._attachments.close()
        self._server = None

    def serve_forever(self) -> None:
        """Blocks until `stop`, or until no request came for `stop_when_idle_s`; Ctrl-C raises as usual."""
        if self._server is None:
            self.start()
        idle_s = self.options.stop_when_idle_s
        try:
            while not self._stopping.wait(0.1):
                if idle_s is not None and time.monotonic() - self._desk.last_request_s > idle_s:
                    return
        finally:
            self.stop()

    # --- where and with what -------------------------------------------------------------------

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a final slash."""
        return self._url

    @property
    def keys(self) -> tuple[str, ...]:
        return self._keys

    @property
    def key(self) -> str:
        """The first of the keys."""
        return self._keys[0]

    @property
    def workspace(self) -> Workspace:
        """The seed as the API shows it, by id."""
        return self._workspace

    # --- what it holds -------------------------------------------------------------------------

    def tickets(self) -> list[Json]:
        """Every ticket by number, as the API shows it, with its thread in `conversationParts`."""
        rows = self._store.rows("select * from tickets order by number")
        return [self._app.tickets.with_thread(row) for row in rows]

    def notifications(self) -> list[Json]:
        """Every time a customer would have been told something: `{ticket, reason, sentAt}`."""
        rows = self._store.rows("select * from notifications order by number")
        return [{"ticket": row["ticket"], "reason": row["reason"], "sentAt": row["sent_at"]} for row in rows]

    def attachments(self, number: int) -> list[list[str]]:
        """The attachment URLs of every part of a ticket's thread, which the API does not show."""
        row = self._store.one("select * from tickets where number = ?", number)
        return [json.loads(part["attachments"]) for part in self._app.tickets.thread(row)]

    def requests(self) -> dict[tuple[str, str, int], int]:
        """Requests by method, path template (`/v2/tickets/{id}`) and status; 0 where no answer was given."""
        with self._desk.lock:
            return dict(self._desk.counts)

    def put_file(self, name: str, content: bytes, content_type: str = "") -> str:
        """Serves a file under an address of the sandbox, as other people's servers do; gives the address."""
        return self._attachments.url_of(Stored(self._attachments.put(content, content_type), name))

    # --- trouble -------------------------------------------------------------------------------

    def set_faults(self, plan: FaultPlan) -> None:
        """Replaces the faults from now on."""
        self._desk.dice = Dice(plan)

    def script(self, *fates: Fault | str | None) -> None:
        """Sets the fates of the next requests, in order: `script("lost", None, "429")`.

        A fate waits for the first request that it can befall; None lets one POST, PATCH or DELETE pass.
        """
        self._desk.dice.script(*fates)

    @property
    def _desk(self) -> Desk:
        assert self._server is not None, "start the sandbox first"
        return self._server.desk
