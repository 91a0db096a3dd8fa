"""Rate a table of entries: the same law, kernel and cents as for one entry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from surtax import keeping
from surtax.duty.block import Block
from surtax.duty.bulkgeneral import Generals, Owed
from surtax.duty.calendar import EPOCH, segments
from surtax.duty.entries.columns import canonical, facts_of
from surtax.duty.entries.sound import refusals
from surtax.duty.exact import Numbers
from surtax.duty.lines import Floats, Index
from surtax.duty.outcomes import Outcomes, Plain
from surtax.duty.owed import write
from surtax.duty.profiles import Cases, Kernel
from surtax.duty.rate import fine_enough
from surtax.duty.universe import Dictionary
from surtax.duty.void import named, without
from surtax.duty.zone import FACT as ZONE
from surtax.duty.zone import mixed, of_entry
from surtax.errors import UnitError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.query import View, view
from surtax.ledger.schema import SCHEDULE

if TYPE_CHECKING:
    import polars as pl

ADDED = ("duty", "admissible", "stale", "unknown", "missing", "rejected")
"""Columns that a rated table has beside the amounts of the single duties."""
KERNELS = 512
"""Laws that a rater remembers; goods of foreign trade zones may meet very many."""


def rate_table(
    ledger: Ledger,
    table: Any,
    *,
    known: date | None = None,
    threatened: bool = False,
    void: Collection[str] = (),
) -> pl.DataFrame:
    """What every line of a table owes.

    Args:
        ledger: the law.
        table: entries in the canonical columns; a Polars frame or a stream of Arrow batches.
        known: the day of knowledge; the ledger's verified-to date unless given.
        threatened: let threats with a known rate count as carried out.
        void: measures, provisions, or folders of measures, taken as never in force.

    Returns:
        The table with these columns added. Amounts are Decimal(18, 2) in the importer's currency.

        - duty: all duties owed; null where the goods may not enter.
        - admissible: whether they may.
        - stale: whether the day lies outside the record's checked days.
        - unknown: ids of duties whose rate is not known, joined by “;”; they are in no total.
        - missing: facts that rates wait for and the line does not declare, joined by “;”.
        - rejected: why the line cannot be rated; null where it is.
        - a column for each duty that some line owes, under its id: the amount, or null.

    Raises:
        DataError: the table lacks a column.
        UnknownNameError: `void` names what the ledger does not have.
    """
    return Rater(ledger, known=known, threatened=threatened, void=void).rate(table)


def layer_names(rated: pl.DataFrame) -> list[str]:
    """The columns of single duties in a rated table."""
    after = rated.columns.index("rejected") + 1
    return [name for name in rated.columns[after:] if "/" in name]


class Rater:
    """Rates table after table, and remembers what the law says of the goods met.

    Args:
        ledger, known, threatened, void: as `rate_table`.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        known: date | None = None,
        threatened: bool = False,
        void: Collection[str] = (),
    ) -> None:
        self.ledger = ledger
        self.known = known or ledger.verified_to
        self.threatened = threatened
        self.void = named(ledger, void)
        self.words = words = Dictionary()
        self._generals = Generals(words.codes, words.origins, words.claims, words.units)
        self._views: dict[date, View] = {}
        self._outcomes = Outcomes(words)
        self._kernels: dict[tuple[str, View], Kernel] = {}
        self._plains: dict[Kernel, Plain] = {}

    def view(self, on: date) -> View:
        """The law of a day, without what is void."""
        if on not in self._views:
            law = view(self.ledger, on, self.known, threatened=self.threatened)
            self._views[on] = without(law, self.void)
        return self._views[on]

    def rate(self, table: Any, *, narrow: bool = False) -> pl.DataFrame:
        """A table rated; see `rate_table`.

        Args:
            table: as `rate_table`.
            narrow: give the duties of each line in pairs of columns, layer1 and duty1, layer2 and
                duty2 …: the duty's id and its amount, the schedule's first. Long tables take a
                tenth of the room.
        """
        frame = self._read(table, ())
        if refused := refusals(self.ledger, frame):
            return self._without(frame, refused, narrow=narrow)
        return self._found(frame, {}).rated(self.ledger, self.known, narrow=narrow).frame

    def found(self, table: Any, texts: Mapping[str, Sequence[str | None]]) -> Block:
        """What a cleaned table's lines owe, before it is made columns of.

        Args:
            table: as `rate_table`, all of whose lines can be rated.
            texts: columns of texts that the table has as numbers, each with the texts, in a list
                that only grows from table to table.
        """
        return self._found(self._read(table, texts), texts)

    def _read(self, table: Any, texts: Collection[str]) -> pl.DataFrame:
        """A table in the canonical columns, its facts known to the ledger."""
        frame = canonical(table, texts)
        for name in facts_of(frame):
            if name.partition("@")[0] not in self.ledger.facts:
                raise unknown("fact", name, self.ledger.facts, where="entries")
        return frame

    def _found(self, frame: pl.DataFrame, texts: Mapping[str, Sequence[str | None]]) -> Block:
        block = Block(frame, self.words, texts)
        block.reject_late(self.ledger)
        for number in np.flatnonzero(np.bincount(block.into)).tolist():
            importer = self.words.places.texts[number]
            if importer not in self.ledger.by_imposer:
                raise unknown("importing place", importer, self.ledger.by_imposer, where="into")
            self._importer(importer, block, np.flatnonzero(block.into == number))
        return block

    def _without(
        self, frame: pl.DataFrame, refused: Mapping[int, str], *, narrow: bool
    ) -> pl.DataFrame:
        """A table of which some rows cannot be rated, the others rated."""
        import polars as pl

        at = pl.Series(sorted(refused), dtype=pl.Int64)
        sound = pl.select(~pl.int_range(len(frame)).is_in(at.implode())).to_series()
        found = self._found(frame.filter(sound), {})
        rated = found.rated(self.ledger, self.known, narrow=narrow).frame
        blank = {"admissible": True, "stale": False, "unknown": "", "missing": ""}
        others = frame.filter(~sound).with_columns(
            *(pl.lit(said).alias(name) for name, said in blank.items()),
            pl.Series("rejected", [refused[row] for row in at], dtype=pl.String),
        )
        place = pl.concat([sound.arg_true(), (~sound).arg_true()])
        return pl.concat([rated, others], how="diagonal")[place.arg_sort()]

    def _importer(self, importer: str, block: Block, rows: Index) -> None:
        """Rate the lines of one importer, from turn to turn of its law."""
        if importer == "US" and ZONE in block.facts:
            zone = ~np.isnan(block.facts[ZONE][rows])
            self._zone(importer, block, rows[zone])
            rows = rows[~zone]
        at, first = segments(self.ledger, importer, block.day[rows])
        order = np.argsort(at.astype(np.int16), kind="stable")
        counts = np.bincount(at)
        some = np.flatnonzero(counts)
        parts = np.split(order, np.cumsum(counts[some])[:-1]) if len(rows) else []
        laws = [(self.view(first[n]), own) for n, own in zip(some.tolist(), parts, strict=True)]
        self._laws(importer, block, rows, laws)

    def _general(self, importer: str, block: Block, rows: Index) -> Owed | None:
        """What the schedule says of lines; None into places whose schedule the ledger lacks."""
        if importer != "US":
            return None
        return self._generals.owed(self.view(self.known), block.columns(rows))

    def _zone(self, importer: str, block: Block, rows: Index) -> None:
        """Rate goods of privileged foreign status, by the law that `zone.law_of` finds."""
        status = block.facts[ZONE][rows].astype(np.int64) - EPOCH
        kept = status <= block.day[rows]  # the others are refused
        rows = rows[kept]
        block.law_day[rows] = status[kept]
        then, first = segments(self.ledger, importer, block.law_day[rows])
        entered, _ = segments(self.ledger, importer, block.day[rows])
        laws: list[tuple[View, Index]] = []
        for day in np.unique(entered).tolist():
            here = np.flatnonzero(entered == day)
            entry = self.view(first[day])
            found = of_entry(entry, block.lines(rows[here]))
            held = np.array([mask for _, mask in found], dtype=np.int64)
            held = held.reshape(len(found), len(here)).T
            both = np.column_stack([then[here], held])
            groups, which = np.unique(both, axis=0, return_inverse=True)
            for number, (early, *holds) in enumerate(groups.tolist()):
                those = [clause for (clause, _), yes in zip(found, holds, strict=True) if yes]
                late = frozenset(clause.provision.measure for clause in those)
                law = mixed(self.view(first[early]), entry, late)
                laws.append((law, here[which.ravel() == number]))
        self._laws(importer, block, rows, laws)

    def _laws(
        self, importer: str, block: Block, rows: Index, laws: Sequence[tuple[View, Index]]
    ) -> None:
        """Rate lines of one importer, each under its own of several laws."""
        if not len(rows):
            return
        for law, _ in laws[:KERNELS]:
            self._kernel(importer, law)  # so that codes fall into kinds once for all of them
        general = self._general(importer, block, rows)
        order = np.concatenate([own for _, own in laws])  # the lines of a law become a slice
        given, share, end = rows[order], np.full(len(rows), np.nan), 0
        if general is not None:
            share = general.share(block.value[rows])[order]
        code, origin, claims = block.code[given], block.origin[given], block.claims[given]
        declared = block.declared[given] if block.declares.any() else None
        outcome, ends = np.full(len(rows), -1, dtype=np.int32), []
        for law, own in laws:
            at = slice(end, end := end + len(own))
            kernel = self._kernel(importer, law)
            cases = Cases(kernel.goods(code[at]), kernel.origins(origin[at]), claims[at], share[at])
            if general is not None and kernel.reliefs:
                free = kernel.relieved(replace(cases, facts=block.facts_at(given[at])))
                free &= general.known[own]
                general.relieve(own[free])
                share[at][free] = 0.0
            ends.append((end, kernel))
            apart = single = kernel.single(cases.goods, cases.origin)
            if declared is not None:
                apart = single | (declared[at] != 0)
            if not apart.any():
                outcome[at] = self._plain(kernel).of(cases)
                continue
            told = np.zeros(len(own), dtype=np.intp) if declared is None else declared[at].copy()
            told[single] = -1 - np.flatnonzero(single)
            which, rest = np.flatnonzero(apart), np.flatnonzero(~apart)
            self._apart(kernel, block, given[at][which], cases.take(which), told[which])
            if len(rest):
                outcome[at][rest] = self._plain(kernel).of(cases.take(rest))
        self._plainly(block, rows, order, share, outcome, ends)
        if general is not None:
            self._add_general(block, rows, general)

    def _plainly(
        self,
        block: Block,
        rows: Index,
        order: Index,
        share: Floats,
        outcome: Numbers,
        ends: Sequence[tuple[int, Kernel]],
    ) -> None:
        """Write the outcomes of lines, which are in order of their laws, to the lines as they are.

        `ends` tells where the lines of each law end.
        """
        if not (outcome >= 0).any():
            return
        found = self._outcomes.found
        if found.refused.any():
            edges = [end for end, _ in ends]
            for i in np.flatnonzero((outcome >= 0) & found.refused[outcome]).tolist():
                kernel = ends[bisect_right(edges, i)][1]
                self._refuse(kernel, block, rows[order[i : i + 1]])
        general, number = np.empty_like(share), np.empty_like(outcome)
        general[order], number[order] = share, outcome
        if (number < 0).any():
            done = np.flatnonzero(number >= 0)
            rows, general, number = rows[done], general[done], number[done]
        write(block, rows, general, found, number)

    def _apart(
        self, kernel: Kernel, block: Block, rows: Index, cases: Cases, declared: Index
    ) -> None:
        """Rate lines that declare facts, alike where `declared` is, and those rated singly."""
        key = _key(cases.goods, cases.origin, cases.claims, kernel.against(cases.general))
        both = np.stack([key, declared], axis=1)
        _, some, profile = np.unique(both, axis=0, return_index=True, return_inverse=True)
        distinct = rows[some]
        facts = block.facts_at(distinct)
        quantities = block.per_value(distinct, declared[some] < 0, kernel.units)
        found = kernel.rate(
            replace(cases.take(some), facts=facts, quantities=quantities),
            self.words.names,
            self.words.texts,
        )
        write(block, rows, cases.general, found, profile.ravel(), kernel)
        self._refuse(kernel, block, rows[found.refused[profile.ravel()]])

    def _kernel(self, importer: str, law: View) -> Kernel:
        key = importer, law
        if key not in self._kernels:
            for gone in keeping.room(self._kernels, KERNELS):
                self._plains.pop(gone, None)
            self._kernels[key] = Kernel(law, importer, self.words)
        return self._kernels[key]

    def _plain(self, kernel: Kernel) -> Plain:
        if kernel not in self._plains:
            self._plains[kernel] = Plain(kernel, self._outcomes)
        return self._plains[kernel]

    def _add_general(self, block: Block, rows: Index, general: Owed) -> None:
        """The schedule's duty of lines, and what is said of it."""
        known = np.flatnonzero(general.known)
        name = np.full(len(known), self.words.names.number(SCHEDULE), dtype=np.intp)
        block.add(rows[known], name, general.amount[known], 0)
        block.say(block.unknown, rows[~general.known], SCHEDULE)
        block.say(block.missing, rows[general.missing], "quantity", before=True)
        units = self.words.units.texts
        for i in np.flatnonzero(general.other_unit >= 0).tolist():
            asked, given = units[general.other_unit[i]], units[block.unit[rows[i]]]
            reason = f"the duty is per {asked}, the quantity is in {given}."
            block.reject(int(rows[i]), reason)

    def _refuse(self, kernel: Kernel, block: Block, rows: Index) -> None:
        """Reject lines whose goods a list tells apart more finely than their code."""
        for row in rows.tolist():
            try:
                fine_enough(kernel.program, block.entry(row))
            except UnitError as error:
                block.reject(row, f"{error.what} {error.mend}")


def _key(goods: Index, origin: Index, claims: Index, against: Index) -> Index:
    """(n,) one number for each profile: classes of goods below 2^27, of origins below 2^12."""
    key: Index = (goods << 36) | (origin << 24) | (claims << 6) | against
    return key
