"""What a desk answers where it cannot answer: one shape, with the words of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from surtax.errors import InputError, SurtaxError, UnknownNameError


class BusyError(SurtaxError):
    """All workers are taken."""


class NotHereError(UnknownNameError):
    """A thing named in the address that does not exist."""


class RefusedError(InputError):
    """A request from where none is taken."""


class NoTokenError(InputError):
    """A visitor without the token."""


STATUS: dict[type[SurtaxError], int] = {
    NoTokenError: 401,
    RefusedError: 403,
    NotHereError: 404,
    BusyError: 503,
}
"""The HTTP status of errors that are not 422."""


class Said(BaseModel):
    """What is wrong, where, and how to mend it.

    Attributes:
        message: the whole sentence, as the command line prints it.
        where: the place.
        mend: what the reader can do.
        field: the name of the request's field, where one is to blame.
        kind: what kind of error it is, such as UnknownName or Busy; pages have words for each.
    """

    message: str
    where: str
    mend: str
    field: str | None
    kind: str


class Problem(BaseModel):
    """The body of every answer that is an error."""

    error: Said


def status_of(error: SurtaxError) -> int:
    """The HTTP status of an error."""
    return STATUS.get(type(error), 422)


def problem(error: SurtaxError, field: str | None = None) -> Problem:
    """An error as the body of an answer.

    Args:
        error: what went wrong.
        field: the field to blame; what the error names as an option unless given.
    """
    field = field or error.__dict__.get("field") or blamed(error.where)
    return Problem(
        error=Said(
            message=str(error), where=error.where, mend=error.mend, field=field,
            kind=type(error).__name__.removesuffix("Error"),
        )
    )  # fmt: skip


@contextmanager
def blaming(field: str) -> Iterator[None]:
    """What goes wrong inside is that field's fault; the words stay those of the command line."""
    try:
        yield
    except SurtaxError as error:
        error.__dict__.setdefault("field", field)
        raise


def blamed(where: str) -> str | None:
    """The field of a form that an error's place names: “--on” is on, “--fact shipped” shipped."""
    name = where.partition(",")[0].removeprefix("--").removeprefix("fact ")
    name = name.removeprefix("contents ").replace("-", "_")
    return {"claim": "claims"}.get(name, name) if name.replace("_", "").isalnum() else None
