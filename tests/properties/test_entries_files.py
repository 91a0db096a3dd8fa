"""A file of entries says, line by line, what `surtax duty` says of the same words."""

from __future__ import annotations

import csv
import importlib.util
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surtax.duty.entries import read
from surtax.duty.entries.footer import footer_bytes, read_footer
from surtax.duty.entries.run import make_job, rate_file
from surtax.duty.entries.seen import Marks, Seen, marks
from surtax.duty.entries.stack import stack, tell_decimals
from surtax.duty.entry import make_entry
from surtax.duty.rate import rate
from surtax.errors import InputError
from surtax.ledger import Ledger

CODES = ["9503.00.00.13", "7214.20.00.00", "8703.23.01.90", "0406.10.48", "7615.10.20.15",
         "8542.31.00.01", "0101.21.00.10", "2203.00.00.30", "9403.60.80.81"]  # fmt: skip
PLACES = ["China", "DE", "CA", "MX", "JP", "KR", "VN", "US", "BR", "Québec", "EU"]
HEADER = ["goods", "from", "into", "value", "on", "claim", "us_content", "quantity"]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


BITS = ["a", "12", "é", " ", ",", ",", "\n", "\n", "\r\n", '"x"', '"x,y"', '"a\nb"', '"', '""']


@settings(max_examples=300, deadline=None)
@given(
    body=st.lists(st.sampled_from(BITS[:9]) | st.sampled_from(BITS), max_size=60),
    size=st.sampled_from([1, 4, 100]),
)
def test_lines_are_those_of_the_csv_reader_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, body: list[str], size: int
) -> None:
    """Plain lines are cut at once, odd ones by the reader: the same rows, faults and numbers."""
    path = tmp_path_factory.mktemp("lines") / "entries.csv"
    path.write_bytes(("goods,into,on\n" + "".join(body)).encode())
    rows: list[tuple[int, ...]] = []
    bad: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "PIECE", 3)
        for block in read.blocks(read.open_entries(path), size=size):
            assert len(block.frame) + len(block.bad) <= size
            rows += [(row[-1], *row[:-1]) for row in block.frame.iter_rows()]
            bad += [number for number, *_ in block.bad]
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        next(reader)
        wanted: list[tuple[object, ...]] = []
        faults: list[int] = []
        while True:
            first = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                faults.append(first)
                continue
            if len(row) == 3:
                wanted.append((first, *row))
            elif any(cell.strip() for cell in row):
                faults.append(first)
    assert (rows, bad) == (wanted, faults)


def drawn(rng: random.Random) -> list[str]:
    day = date(2025, 1, 1) + timedelta(rng.randrange(670))
    return [
        rng.choice(CODES), rng.choice(PLACES), rng.choice(["US", "US", "CA", "CN", "DE"]),
        f"{rng.randrange(1, 10**7) / 100:.2f}", day.isoformat(),
        rng.choice(["", "", "", "usmca", "korus"]), rng.choice(["", "", "0.5", "20%"]),
        rng.choice(["", "12", "3.5"]),
    ]  # fmt: skip


def alone(ledger: Ledger, row: list[str]) -> tuple[Decimal | None, dict[str, Decimal]] | None:
    """Total and layers; None where the line is refused."""
    goods, origin, into, value, on, claim, content, quantity = row
    try:
        entry = make_entry(
            ledger, goods, origin=origin, into=into, value=value,
            on=date.fromisoformat(on), claims=[claim] if claim else [],
            facts={"us_content": content} if content else {}, quantity=quantity or None,
        )  # fmt: skip
        answer = rate(ledger, entry, date.fromisoformat(on))
    except InputError:
        return None
    layers: dict[str, Decimal] = {}
    for one in answer.layers:
        name = one.measure.removesuffix("-per-unit")
        layers[name] = layers.get(name, Decimal(0)) + one.amount
    return answer.total, layers


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_owes_what_its_lines_owe_alone(
    ledger: Ledger, tmp_path: Path, ending: str, narrow: bool
) -> None:
    rng = random.Random(f"file {ending}")
    rows = [drawn(rng) for _ in range(250)]
    source, out = tmp_path / f"entries.{ending}", tmp_path / "out.parquet"
    frame = pl.DataFrame(rows, schema=dict.fromkeys(HEADER, pl.String), orient="row")
    if ending == "csv":
        frame.write_csv(source)
    else:
        frame.write_parquet(source)
    answer = rate_file(ledger, make_job(ledger, source, out, size=60, narrow=narrow))
    table = {row["line"]: row for row in pl.read_parquet(out).iter_rows(named=True)}
    refused = 0
    for number, row in enumerate(rows, start=2 if ending == "csv" else 1):
        mine = alone(ledger, row)
        refused += mine is None
        assert (mine is None) == (number not in table), (row, number)
        if mine is not None:
            told = table[number]
            if narrow:
                pairs = [(told[f"layer{i}"], told[f"duty{i}"]) for i in range(1, 9)
                         if told.get(f"layer{i}")]  # fmt: skip
                layers = dict(pairs)
            else:
                layers = {k: v for k, v in told.items() if "/" in k and v is not None}
            assert (told["duty"], layers) == mine, row
    assert (answer["lines"], answer["rejected"]) == (250, refused)


def test_the_size_of_blocks_and_the_kind_of_output_change_nothing(
    ledger: Ledger, tmp_path: Path
) -> None:
    rng = random.Random(3)
    frame = pl.DataFrame([drawn(rng) for _ in range(120)], schema=HEADER, orient="row")
    frame.write_csv(tmp_path / "entries.csv")
    found = []
    for size, name in ((7, "a.parquet"), (50, "b.parquet"), (1000, "c.csv")):
        out = tmp_path / name
        answer = rate_file(ledger, make_job(ledger, tmp_path / "entries.csv", out, size=size))
        read = pl.read_csv if name.endswith("csv") else pl.read_parquet
        table = read(out, infer_schema=False) if name.endswith("csv") else read(out)
        text = [[None if x is None else str(x) for x in row[1:]] for row in table.iter_rows()]
        rejects = (tmp_path / f"{name[0]}.rejected.csv").read_bytes()
        found.append((table.columns, len(text), rejects, answer["duty_by_currency"]))
    assert found[0] == found[1] == found[2]


# -- parts as one file ---------------------------------------------------------------------------


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_parts_stacked_are_the_parts_one_under_the_other(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], rng: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("stack")
    kinds = {"n": pl.Int64, "word": pl.String, "money": pl.Decimal(18, 2), "day": pl.Date,
             "x": pl.Float64, "yes": pl.Boolean}  # fmt: skip
    frames, parts = [], []
    for number, size in enumerate(sizes):
        kept = ["n", *rng.sample([k for k in kinds if k != "n"], rng.randrange(6))]
        data = {
            "n": range(size),
            "word": [rng.choice(["a", "é", None]) for _ in range(size)],
            "money": [rng.choice([Decimal("1.50"), None]) for _ in range(size)],
            "day": [rng.choice([date(2025, 1, 1), None]) for _ in range(size)],
            "x": [rng.random() for _ in range(size)],
            "yes": [rng.choice([True, False, None]) for _ in range(size)],
        }
        frame = pl.DataFrame(data, schema=kinds).select(kept)
        parts.append(folder / f"{number}.parquet")
        frame.write_parquet(parts[-1], row_group_size=rng.choice([7, 100]))
        frames.append(frame)
    out = folder / "out.parquet"
    stack(parts, out, {k: pl.Decimal(18, 2) if k == "money" else v for k, v in kinds.items()})
    whole = pl.concat(frames, how="diagonal")
    wanted = whole.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in whole.columns
    ).select(list(kinds))
    assert pl.read_parquet(out).equals(wanted)
    assert (
        pl.scan_parquet(out)
        .filter(pl.col("n") >= 3)
        .collect()
        .equals(wanted.filter(pl.col("n") >= 3))
    )


def test_a_footer_is_written_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({f"c{i}": [i, None] for i in range(30)}).write_parquet(path)
    raw = footer_bytes(read_footer(path))
    assert path.read_bytes().endswith(raw)


@given(st.lists(st.none() | st.integers(-(10**18) + 1, 10**18 - 1), max_size=50))
@settings(max_examples=50, deadline=None)
def test_bits_of_whole_numbers_are_told_to_be_decimals(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int | None]
) -> None:
    path = tmp_path_factory.mktemp("decimals") / "a.parquet"
    bits = np.array([n or 0 for n in numbers], dtype=np.int64).view(np.float64)
    held = pl.Series([n is not None for n in numbers], dtype=pl.Boolean)
    frame = pl.select(
        n=pl.int_range(len(numbers)), money=pl.when(held).then(pl.Series(bits)), x=pl.lit(0.5)
    )
    frame.write_parquet(path, statistics=False)
    tell_decimals(path, {"money": (18, 2)})
    wanted = [None if n is None else Decimal(n).scaleb(-2) for n in numbers]
    read = pl.read_parquet(path)
    assert read.schema == {"n": pl.Int64, "money": pl.Decimal(18, 2), "x": pl.Float64}
    assert read["money"].to_list() == wanted
    if other := importlib.util.find_spec("pyarrow"):
        table = importlib.import_module(f"{other.name}.parquet").read_table(path)
        assert table.column("money").to_pylist() == wanted


@pytest.mark.parametrize("narrow", [False, True])
def test_amounts_that_no_float_holds_are_written_to_the_cent(
    ledger: Ledger, tmp_path: Path, narrow: bool
) -> None:
    values = [Decimal(10) ** 14 + Decimal(n) / 100 for n in range(1, 8)]
    frame = pl.DataFrame(
        {
            "goods": CODES[:7], "origin": "CN", "into": "US", "on": date(2025, 5, 6),
            "value": pl.Series(values, dtype=pl.Decimal(18, 2)),
            "quantity": pl.Series([None, *(v / 1000 for v in values[1:])], dtype=pl.Decimal(18, 6)),
        }
    )  # fmt: skip
    source, out = tmp_path / "entries.parquet", tmp_path / "out.parquet"
    frame.write_parquet(source)
    rate_file(ledger, make_job(ledger, source, out, narrow=narrow))
    rated = pl.read_parquet(out)
    assert len(rated) == len(values)
    for row in rated.iter_rows(named=True):
        entry = make_entry(
            ledger, row["goods"], origin="CN", into="US", value=row["value"],
            on=date(2025, 5, 6), quantity=row["quantity"],
        )  # fmt: skip
        assert row["value"] == values[row["line"] - 1]
        assert row["duty"] == rate(ledger, entry, date(2025, 5, 6)).total


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=30), max_size=5)
)
@settings(max_examples=100, deadline=None)
def test_what_is_said_again_is_found_within_and_across_blocks(
    blocks: list[list[tuple[int, int]]],
) -> None:
    """The same cells again are repetitions; other cells of an entry line met are told apart."""
    seen, met, named = Seen(), set(), set()
    number = 0
    for block in blocks:
        frame = pl.DataFrame(
            {
                "line": range(number, number := number + len(block)),
                "entry": [f"E{name // 5}" for name, _ in block],
                "entry_line": [name % 5 or None for name, _ in block],  # one in five has none
                "value": [cells for _, cells in block],
            },
            schema={"line": pl.Int64, "entry": pl.String, "entry_line": pl.Int64, "value": pl.Int8},
        )
        made = marks(frame)
        assert made is not None
        told = seen.meet(Marks.from_bytes(made.to_bytes()))
        for one, repeats, again in zip(block, *told, strict=True):
            numbered = one[0] % 5 != 0
            assert repeats == (numbered and one in met)
            assert again == (numbered and one[0] in named and one not in met)
            met.add(one)
            named.add(one[0])
