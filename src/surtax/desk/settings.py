"""How a desk runs: one frozen record that the command line fills in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

LOOPBACK_NAMES = ("localhost", "localhost.localdomain")


@dataclass(frozen=True)
class Settings:
    """One desk.

    Attributes:
        folder: the work folder, the only place where anything is written.
        host, port: where it listens.
        token: what a visitor must know; none on the loopback address unless asked for.
        max_upload: bytes of a file of entries.
        max_body: bytes of any other request.
        upload_seconds: how long a request may take to arrive.
        workers: heavy answers computed at once; more than one only stand in each other's way.
        threads: requests that are held at once, most of them in line.
        jobs: long jobs that run at once. waiting: those that may wait.
        patience: seconds that a request waits for its turn before it is told that all are busy.
        leisure: the same of ranges, which stand behind all answers and are dropped by a new one.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8642
    token: str | None = None
    max_upload: int = 64 * 2**20
    max_body: int = 2**20
    upload_seconds: float = 60.0
    workers: int = 1
    threads: int = 256
    jobs: int = 1
    waiting: int = 8
    patience: float = 5.0
    leisure: float = 30.0

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_local(self.host)


def is_local(host: str) -> bool:
    """Whether a host name or address is this machine and no other can reach it."""
    if host.casefold() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
