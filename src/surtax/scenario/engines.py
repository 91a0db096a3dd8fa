"""Workers for a sweep: processes of this machine, or a Dask cluster by its standard client.

Whatever the engine, chunks are written as they come, and only those not written yet are asked
for: a worker that dies, or a run that is stopped, loses the chunk in hand and nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from surtax.errors import InputError, MissingExtraError, SurtaxError, unknown
from surtax.scenario.draws import Plan, rows
from surtax.whole import write

CHUNK = 25
"""Draws that a worker takes at a time."""

ATTEMPTS = 3
"""How often lost chunks are given out before the sweep gives up."""

Pool = Callable[[], AbstractContextManager[tuple[Executor, Callable[[Plan], Any]]]]
"""Opens workers: an executor, and what sends them the plan once."""


def pool(engine: str, workers: int, address: str = "") -> Pool:
    """Workers by name: “local” or “dask”.

    Raises:
        UnknownNameError: another name.
        MissingExtraError: Dask is not installed.
        InputError: an address without Dask.
    """
    if engine == "local":
        if address:
            raise InputError(
                "processes of this machine have no address.",
                where="--address", mend="Add --engine dask.",
            )  # fmt: skip
        return lambda: _local(workers)
    if engine == "dask":
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise MissingExtraError(
                "Dask is not installed.", where="--engine",
                mend="Install it: pip install 'surtax[dask]', or use --engine local.",
            ) from None  # fmt: skip
        return lambda: _dask(workers, address)
    raise unknown("engine", engine, ("local", "dask"), where="--engine")


@contextmanager
def _local(workers: int) -> Iterator[tuple[Executor, Callable[[Plan], Any]]]:
    """Processes with one thread of linear algebra each: more would add in another order."""
    kept = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, _end_with_parent) as executor:
            yield executor, lambda plan: plan
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """Let a worker end when its parent is killed, which waits for nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def _dask(workers: int, address: str) -> Iterator[tuple[Executor, Callable[[Plan], Any]]]:
    """A cluster by its address, or one of this machine; its workers run one thread each."""
    from distributed import Client, LocalCluster

    if address:
        with Client(address) as client:
            yield client.get_executor(), lambda plan: client.scatter(plan, broadcast=True)
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor(), lambda plan: client.scatter(plan, broadcast=True)


def solved(
    plan: Plan, draws: int, folder: Path, open_pool: Pool, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """All draws in order, from the folder's chunks where they are there already.

    Raises:
        SurtaxError: chunks that were lost again and again; those done are kept.
    """
    spans = [(a, min(a + CHUNK, draws)) for a in range(0, draws, CHUNK)]
    left = [span for span in spans if not _file(folder, span).is_file()]
    for _ in spans[len(left) :]:
        say("kept from before")
    reason: Exception | None = None
    for _ in range(ATTEMPTS):
        if not left:
            break
        reason = _asked(plan, left, folder, open_pool, say)
        left = [span for span in left if not _file(folder, span).is_file()]
    if left:
        raise SurtaxError(
            f"{len(left)} of {len(spans)} chunks were lost {ATTEMPTS} times ({reason!r}).",
            mend="Those done are kept: run the same command again.",
        )
    found: list[dict[str, Any]] = []
    for span in spans:
        found += json.loads(_file(folder, span).read_text("utf-8"))
    return found


def _asked(
    plan: Plan,
    spans: list[tuple[int, int]],
    folder: Path,
    open_pool: Pool,
    say: Callable[[str], None],
) -> Exception | None:
    """Give chunks out once and write those that come back; the last reason why one did not."""
    reason: Exception | None = None
    with open_pool() as (executor, send):
        sent = send(plan)
        waiting = {executor.submit(rows, sent, *span): span for span in spans}
        for future in as_completed(waiting):
            try:
                made = future.result()
            except Exception as error:
                reason = error
                continue
            text = json.dumps(made, allow_nan=False) + "\n"
            write(_file(folder, waiting[future]), text.encode())
            say(f"draws {waiting[future][0]} to {waiting[future][1]}")
    return reason


def _file(folder: Path, span: tuple[int, int]) -> Path:
    return folder / "chunks" / f"{span[0]:07d}-{span[1]:07d}.json"
