"""
The process that keeps one embedded PostgreSQL: it starts, restarts and at last stops the server.

Run as a script by `embedded_postgres`, never imported; the standard library is all it needs, so it
is up in a moment. Its arguments: the lock file of the users, the lock file of the server, the
folder of the server's socket, and the server's command line. Its standard input is the lock file
of the keeper, already locked: that lock lives exactly as long as this process does.

Three locks (flock: the kernel releases them however a process ends, kill -9 included):

    users.lock    shared by every process that uses the server; exclusive for who stops it
    keeper.lock   exclusive while a keeper runs; holds its process id
    server.lock   exclusive while PostgreSQL or any of its children runs: they inherit it
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_KEEPER_LOCK_FD = 0
# PostgreSQL is restarted when it is killed, not when it cannot run at all.
_MOST_ENDS = 5
_ENDS_WINDOW_S = 60.0
# A fast shutdown writes a checkpoint. After this long, kill: the data is safe in the log ahead.
_STOP_TIMEOUT_S = 60.0


class Keeper:
    """One server and its restarts."""

    def __init__(self, server_lock: int, command: list[str]) -> None:
        self._server_lock = server_lock
        self._command = command
        self._stopping = False
        self._mutex = threading.Lock()
        self._server = self._start()

    def watch(self) -> None:
        """Restart the server whenever it ends unasked; give up when it keeps ending."""
        ends: list[float] = []
        while True:
            self._server.wait()
            with self._mutex:
                if self._stopping:
                    return
                now = time.monotonic()
                ends = [end for end in ends if now - end < _ENDS_WINDOW_S] + [now]
                if len(ends) > _MOST_ENDS:
                    # Whoever waits for the server sees this process gone and reads the log.
                    os._exit(1)
                # The first restart is at once; children of a killed server need a moment to go.
                time.sleep(0.2 * (len(ends) - 1))
                self._server = self._start()

    def stop(self) -> None:
        """Stop the server: fast, then hard."""
        with self._mutex:
            self._stopping = True
            self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the command comes from embedded_postgres
            self._command,
            stdin=subprocess.DEVNULL,
            pass_fds=(self._server_lock,),
        )


def leave_starter() -> None:
    """Go on as a process of its own; the one that started this learns the id from the lock file."""
    child = os.fork()
    if child:
        os.ftruncate(_KEEPER_LOCK_FD, 0)
        os.pwrite(_KEEPER_LOCK_FD, str(child).encode(), 0)
        os._exit(0)
    os.setsid()


def exit_on_signal(_signal: int, _frame: object) -> None:
    """Take SIGTERM, with which the last user asks for the end, as an ordinary way out."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    """Keep the server until the last user is gone."""
    users_path, server_path, socket_folder, *command = sys.argv[1:]
    leave_starter()
    users_lock = os.open(users_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    server_lock = os.open(server_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(server_lock, fcntl.LOCK_EX)
    keeper = Keeper(server_lock, command)
    try:
        signal.signal(signal.SIGTERM, exit_on_signal)
        threading.Thread(target=keeper.watch, daemon=True).start()
        fcntl.flock(users_lock, fcntl.LOCK_EX)
    finally:
        keeper.stop()
        with contextlib.suppress(OSError):
            Path(socket_folder).rmdir()
        # In this order: whoever gets hold of the users' lock next must not meet a keeper that is
        # about to leave. At exit the kernel would let go of them in an order of its own.
        os.close(_KEEPER_LOCK_FD)
        os.close(users_lock)


if __name__ == "__main__":
    main()
