"""Progress on standard error for work that takes more than a moment; silent where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def steps(title: str, *, total: int = 4, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A bar that moves one step each time the work says what it does next.

    Args:
        title: what is being done.
        total: the number of steps.
        quiet: say nothing.

    Yields:
        A function to call with the name of the next step.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[title]}"), BarColumn(), TextColumn("{task.description}"))
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("starting", total=total + 1, title=title)

        def say(text: str) -> None:
            bar.update(task, advance=1, description=text)

        yield say
