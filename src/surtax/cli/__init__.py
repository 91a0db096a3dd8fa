"""The command line. Every command: ``--json`` prints one object; exit 0 done, 2 bad input."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from surtax._version import __version__
from surtax.cli import (
    alternatives,
    compare,
    economy,
    exposure,
    law,
    ledger,
    offset,
    rating,
    refunds,
    respond,
    serve,
    sweep,
    trade,
    world,
)

app = typer.Typer(
    name="surtax",
    help="Trade disputes: what the law says, what a shipment owes, what it does, what answers it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(ledger.app, name="ledger")
app.add_typer(world.app, name="world")
for command in (
    law.measures,
    law.timeline,
    law.duty,
    alternatives.alternatives,
    rating.rate,
    refunds.refund,
    refunds.audit,
    trade.etr,
    exposure.exposure,
    economy.solve,
    respond.respond,
    offset.offset,
    compare.compare,
    sweep.sweep,
    economy.brief,
    serve.serve,
):
    app.command()(command)

GARBAGE = 100_000
"""Objects made before cycles among them are looked for: what a command reads mostly stays."""
INTERRUPTED = 130
"""What the option parser answers where a person stopped a command."""


def main() -> None:
    """Run the command line; errors of the input are one message and exit code 2."""
    from surtax.errors import SurtaxError

    gc.set_threshold(GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = app(standalone_mode=False) or 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code)
    except SurtaxError as error:
        print(f"surtax: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        print(f"surtax: {error.strerror}: {error.filename or 'the output'}.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("surtax: stopped; nothing was left half written.", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if not _usage(error):
            raise
        sys.exit(2)


def _usage(error: Exception) -> bool:
    """Print what the option parser has to say, in one line; False if it was not the parser."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]
        return True
    said = getattr(error, "format_message", None)
    if said is None:
        return False
    command = " ".join(["surtax", *sys.argv[1:2]])
    text = " ".join(said().split())
    print(f"surtax: {text} Try {command} --help.", file=sys.stderr)
    return True


def _version(value: bool) -> None:
    if value:
        print(f"surtax {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass
