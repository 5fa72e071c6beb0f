"""A line that breaks: a proxy between browser and server that cuts connections, loses answers, and goes silent."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_CALL = re.compile(rb"(GET|POST|PUT|DELETE|OPTIONS) (/\S*)")
CONVERSATIONS = b"/api/v1/conversations"


class BreakingProxy:
    """Passes bytes on. What goes wrong is set by the test, and concerns calls of conversations only.

    `lose`: the share of answers that never arrive although the server did its work. `cut`: the share of
    sockets and calls that are cut within half a second. `silent`: nothing passes any more, and nobody says so.
    `sockets`: False refuses WebSockets, as some companies' proxies do.
    """

    def __init__(self, target: str, *, seed: int = 1) -> None:
        parts = urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._passing = asyncio.Event()
        self.ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self.address = ""
        self.lose = 0.0
        self.cut = 0.0
        self.sockets = True
        self.counts = {"calls": 0, "lost": 0, "cut": 0, "connections": 0}

    def be_silent(self, silent: bool) -> None:
        """Hold everything back, or let it go on."""
        change = self._passing.clear if silent else self._passing.set
        self._loop.call_soon_threadsafe(change)

    def cut_all(self) -> None:
        """Break every connection there is."""

        def cut() -> None:
            for writer in list(self._writers):
                writer.transport.abort()

        self._loop.call_soon_threadsafe(cut)

    async def _start(self) -> None:
        self._passing.set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        with suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection(*self._target)
            self._writers |= {writer, server_writer}
            fate = {"lose": False}
            tasks = [
                asyncio.ensure_future(self._up(reader, server_writer, writer, fate)),
                asyncio.ensure_future(self._down(server_reader, writer, fate)),
            ]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            self._writers -= {writer, server_writer}
            server_writer.close()
        writer.close()

    async def _up(
        self,
        reader: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        client: asyncio.StreamWriter,
        fate: dict[str, bool],
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                call = _CALL.match(data)
                is_ours = call is not None and call.group(2).startswith(CONVERSATIONS)
                self.counts["calls"] += is_ours
                await self._passing.wait()
                if call and is_ours and not self._decide(data, call.group(2), client, fate):
                    return
                server.write(data)
                await server.drain()

    def _decide(self, data: bytes, path: bytes, client: asyncio.StreamWriter, fate: dict[str, bool]) -> bool:
        """What becomes of a call; False: it is refused at once."""
        is_socket = path.endswith(b"/stream")
        if is_socket and not self.sockets:
            return False
        if not is_socket and self._chance.random() < self.lose:
            self.counts["lost"] += 1
            fate["lose"] = True
        elif self._chance.random() < self.cut:
            self.counts["cut"] += 1
            self._loop.call_later(self._chance.random() / 2, client.transport.abort)
        return True

    async def _down(
        self, server: asyncio.StreamReader, client: asyncio.StreamWriter, fate: dict[str, bool]
    ) -> None:
        with suppress(OSError):
            while data := await server.read(65536):
                await self._passing.wait()
                if fate["lose"]:
                    client.transport.abort()
                    return
                client.write(data)
                await client.drain()

    def stop(self) -> None:
        """End `run`."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def run(self) -> None:
        """The thread: serves until it is stopped."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self.ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()


@contextmanager
def breaking_proxy(target: str, *, seed: int = 1) -> Iterator[BreakingProxy]:
    """A proxy before `target` on a free port of this machine."""
    proxy = BreakingProxy(target, seed=seed)
    thread = threading.Thread(target=proxy.run, name="proxy")
    thread.start()
    assert proxy.ready.wait(10)
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join(10)
