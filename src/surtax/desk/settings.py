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
        workers: heavy answers computed at once.
        patience: seconds that a request waits for its turn before it is told that all are busy.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8642
    token: str | None = None
    max_upload: int = 64 * 2**20
    max_body: int = 2**20
    upload_seconds: float = 60.0
    workers: int = 2
    patience: float = 2.0

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
