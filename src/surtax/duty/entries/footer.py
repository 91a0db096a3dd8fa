"""The footer of a Parquet file, read and written: Thrift's compact protocol, no more than it needs.

A footer is a tree. A struct is a dict of field number → (type, value), a list a pair of element
type and values; numbers are ints, texts bytes. Source: Apache Parquet format, parquet.thrift;
Apache Thrift, compact protocol specification.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from surtax.errors import DataError

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
Struct = dict[int, tuple[int, Any]]


def read_footer(path: Path) -> Struct:
    """The footer of a Parquet file.

    Raises:
        DataError: the file does not end as one.
    """
    with path.open("rb") as handle:
        return _Reader(handle.read(_find(handle, path))).struct()


def replace_footer(path: Path, footer: Struct) -> None:
    """Give a Parquet file another footer; its pages stay.

    Raises:
        DataError: the file does not end as one.
    """
    with path.open("r+b") as handle:
        _find(handle, path)
        handle.write(footer_bytes(footer))
        handle.truncate()


def _find(handle: BinaryIO, path: Path) -> int:
    """Go to where the footer of a file begins; how many bytes it has."""
    handle.seek(-8, 2)
    size, magic = struct.unpack("<I4s", handle.read(8))
    if magic != MAGIC:
        raise DataError("the file does not end as Parquet does.", where=str(path))
    handle.seek(-8 - size, 2)
    return int(size)


def footer_bytes(footer: Struct) -> bytes:
    """A footer with its length and the mark at the end of a file."""
    out = bytearray()
    _struct(out, footer)
    return bytes(out) + struct.pack("<I4s", len(out), MAGIC)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        value = shift = 0
        while True:
            one = self.byte()
            value |= (one & 127) << shift
            shift += 7
            if one < 128:
                return value

    def number(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def value(self, kind: int) -> Any:
        if kind in (I16, I32, I64):
            return self.number()
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            return self.list()
        if kind == BINARY:
            return self.take(self.varint())
        if kind == DOUBLE:
            return self.take(8)
        if kind in (BYTE, TRUE, FALSE):
            return self.byte()
        raise DataError(f"a footer field of type {kind} is not known.", where="Parquet footer")

    def struct(self) -> Struct:
        out: Struct = {}
        number = 0
        while head := self.byte():
            step, kind = head >> 4, head & 15
            number = number + step if step else self.number()
            out[number] = (kind, kind == TRUE if kind in (TRUE, FALSE) else self.value(kind))
        return out

    def list(self) -> tuple[int, list[Any]]:
        head = self.byte()
        size, kind = head >> 4, head & 15
        if size == 15:
            size = self.varint()
        return kind, [self.value(kind) for _ in range(size)]


def _varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _value(out: bytearray, kind: int, value: Any) -> None:
    if kind in (I16, I32, I64):
        _varint(out, (value << 1) ^ (value >> 63))
    elif kind == STRUCT:
        _struct(out, value)
    elif kind in (LIST, SET):
        inner, items = value
        out.append(min(len(items), 15) << 4 | inner)
        if len(items) >= 15:
            _varint(out, len(items))
        for item in items:
            _value(out, inner, item)
    elif kind == BINARY:
        _varint(out, len(value))
        out += value
    elif kind == DOUBLE:
        out += value
    else:
        out.append(value)


def _struct(out: bytearray, fields: Struct) -> None:
    last = 0
    for number, (kind, value) in sorted(fields.items()):
        mark = (TRUE if value else FALSE) if kind in (TRUE, FALSE) else kind
        if 0 < number - last < 16:
            out.append((number - last) << 4 | mark)
        else:
            out.append(mark)
            _varint(out, (number << 1) ^ (number >> 63))
        if kind not in (TRUE, FALSE):
            _value(out, kind, value)
        last = number
    out.append(0)
