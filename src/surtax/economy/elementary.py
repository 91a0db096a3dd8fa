"""Exponentials and logs of whole arrays, compiled; what the processor takes four at a time.

The compiler calls the system's `exp` and `log` one number after another, which took a third of
a compiled sweep. These are polynomials on a reduced argument, without a branch, right to a few
units in 1e-16. Exponents are held within what a double can say; the log of what is no positive,
finite, normal number is not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from surtax.errors import MissingExtraError
from surtax.world.world import Array

try:
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba import njit, typeof, types
    from numba.extending import intrinsic
except ImportError:
    raise MissingExtraError(
        "the engine “fast” needs numba.", mend="pip install 'surtax[fast]', or leave it out."
    ) from None

_F = TypeVar("_F", bound=Callable[..., object])


def compiled(*flags: str) -> Callable[[_F], _F]:
    """Compiled, kept on disk, without the interpreter's lock; with what sums may do."""

    def made(function: _F) -> _F:
        jit = njit(
            cache=True, nogil=True, fastmath=set(flags), error_model="numpy", forceinline=True
        )
        return cast(_F, jit(function))

    return made


summing = compiled("reassoc", "contract", "nsz")
"""Compiled loops whose sums the processor may take in another order, always the same one."""


def ready(function: Callable[..., object], given: Sequence[object]) -> None:
    """Compile a function for arguments such as those given, unless it is compiled for them."""
    cast(Any, function).compile(tuple(map(cast(Any, typeof), given)))


def _bits(typing: Any, number: Any) -> Any:
    """The bits of a double as a whole number."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), made


def _double(typing: Any, bits: Any) -> Any:
    """The double of these bits."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), made


_bits_of: Any = intrinsic(_bits)
_double_of: Any = intrinsic(_double)

# All bits of a double but its sign, and the bits of infinity: those of what is not a number are
# larger, so that one comparison of whole numbers, taken four at a time, finds both.
_UNSIGNED, _INFINITE = np.int64(0x7FFFFFFFFFFFFFFF), np.int64(0x7FF0000000000000)


@summing
def largest(a: Array) -> float:
    """Max |a| of (k,), or infinity where any is not a number."""
    greatest = np.int64(0)
    for k in range(a.shape[0]):
        greatest = max(greatest, _bits_of(a[k]) & _UNSIGNED)
    return float(_double_of(min(greatest, _INFINITE)))


_LEAST, _MOST = -708.0, 709.0
_PER_LN2 = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# Adding it leaves a whole number in the last bits of a double.
_WHOLE = 6755399441055744.0
# Bits of the root of one half less those of an exponent of zero; of 2^52; of a mantissa.
_SPLIT = np.int64(0x3FE6A09E667F3BCD) - (np.int64(1023) << np.int64(52))
_SHIFT, _TWO_52, _TWO_52_BITS = np.int64(52), 4503599627370496.0, np.int64(0x4330000000000000)
_SMALLEST, _LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308


@compiled("contract")
def exp_of(x: Array, out: Array) -> None:
    """Write exp(x), both 1-D, to out: by x = k ln 2 + r and the series of exp(r)."""
    for i in range(x.shape[0]):
        v = x[i]
        v = _LEAST if v < _LEAST else v
        v = _MOST if v > _MOST else v
        whole = v * _PER_LN2 + _WHOLE
        k = whole - _WHOLE
        r = (v - k * _LN2_HIGH) - k * _LN2_LOW
        p = 1.6059043836821613e-10
        p = p * r + 2.08767569878681e-09
        p = p * r + 2.505210838544172e-08
        p = p * r + 2.755731922398589e-07
        p = p * r + 2.7557319223985893e-06
        p = p * r + 2.48015873015873e-05
        p = p * r + 0.0001984126984126984
        p = p * r + 0.001388888888888889
        p = p * r + 0.008333333333333333
        p = p * r + 0.041666666666666664
        p = p * r + 0.16666666666666666
        p = p * r + 0.5
        p = p * r + 1.0
        out[i] = _double_of(_bits_of(p * r + 1.0) + (_bits_of(whole) << _SHIFT))


@compiled("contract")
def log_of(x: Array, out: Array) -> None:
    """Write log(x), both 1-D, to out: by x = 2^k m and the series of log(m) in (m - 1)/(m + 1)."""
    for i in range(x.shape[0]):
        bits = _bits_of(x[i])
        power = (bits - _SPLIT) >> _SHIFT
        mantissa = _double_of(bits - ((power - 1023) << _SHIFT))
        k = _double_of(power | _TWO_52_BITS) - _TWO_52 - 1023.0
        s = (mantissa - 1.0) / (mantissa + 1.0)
        z = s * s
        p = 0.09523809523809523
        p = p * z + 0.10526315789473684
        p = p * z + 0.11764705882352941
        p = p * z + 0.13333333333333333
        p = p * z + 0.15384615384615385
        p = p * z + 0.18181818181818182
        p = p * z + 0.2222222222222222
        p = p * z + 0.2857142857142857
        p = p * z + 0.4
        p = p * z + 0.6666666666666666
        p = p * z + 2.0
        found = k * _LN2_HIGH + (s * p + k * _LN2_LOW)
        out[i] = found if _SMALLEST <= x[i] <= _LARGEST else np.nan
