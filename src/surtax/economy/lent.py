"""Arrays lent to compiled code, which then counts no owners of them.

A compiled function counts every slice of an array as an owner of its memory, by two calls with
an atomic word each. A caller that keeps its arrays until the call is over may lend them instead.
Arrays that the function itself made are never lent: it would give their memory back at once.
"""

from __future__ import annotations

from typing import Any

import surtax.economy.elementary  # noqa: F401  first: it says what to install for numba

# isort: split
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _ownerless(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The same value, every array in it without an owner to count."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        null: Any = cgutils.get_null_value
        array.meminfo, array.parent = null(array.meminfo.type), null(array.parent.type)
        return array._getvalue()
    if isinstance(kind, types.BaseNamedTuple):
        held: Any = kind
        for k, each in enumerate(held):
            one = _ownerless(context, builder, each, builder.extract_value(value, k))
            value = builder.insert_value(value, one, k)
    return value


def _lending(typing: Any, given: Any) -> Any:
    """An array, or a named tuple of arrays and others, valid while the caller keeps them."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _ownerless(context, builder, signature.args[0], args[0])

    return given(given), made


lent: Any = intrinsic(_lending)
