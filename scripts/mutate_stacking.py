"""Mutation testing of stacking: change one thing in the kernel, and see whether tests fail.

    python scripts/mutate_stacking.py [--list] [--only N …]

Each mutant is one change to the syntax tree of one of `TARGETS`: a comparison, an operator, a
constant, a choice of the greater or lesser, a condition negated, a statement left out. It is served
to a process of its own in place of the module; no file is written. A mutant that no test of `TESTS`
notices survives and is printed. Exit code 1 if fewer than 90 per cent are killed.

What the survivors of the last run are stands in docs/mutation.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
TARGETS = ("surtax.duty.stack", "surtax.duty.clause")
TESTS = (
    "tests/properties/test_kernel.py",
    "tests/properties/test_stacking.py",
    "tests/properties/test_rates.py",
    "tests/properties/test_new_authority.py",
    "tests/cases",
)
LEFT_OUT = "not slow_reading and not world-into-us and not other-governments"
ENOUGH = 0.9
LIMIT = 120
"""Seconds after which a mutant counts as noticed: it does not end."""

COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATE: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
SWAP = {"maximum": "minimum", "minimum": "maximum", "zeros": "ones", "ones": "zeros"}


@dataclass(frozen=True)
class Mutant:
    """One change: its module, where it is, what it says, and the tree with it."""

    module: str
    line: int
    what: str
    tree: ast.Module


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """What can be changed at a node: words, how to make the change, and how to take it back."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in COMPARE[type(op)]:
                    yield _item(node.ops, i, other(), f"{_name(op)} → {other.__name__}")
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _field(node, "op", other, f"{_name(node.op)} → {_name(other)}")
        case ast.BinOp() | ast.AugAssign() if type(node.op) in OPERATE:
            turned = OPERATE[type(node.op)]()
            yield _field(node, "op", turned, f"{_name(node.op)} → {_name(turned)}")
        case ast.UnaryOp(op=ast.Invert() | ast.Not()):
            twice = ast.UnaryOp(node.op, node.operand)  # the two turns undo each other
            yield _field(node, "operand", twice, f"{_name(node.op)} left out")
        case ast.Constant(value=bool() as value):
            yield _field(node, "value", not value, f"{value} → {not value}")
        case ast.Constant(value=int() | float() as value):
            yield _field(node, "value", value + 1, f"{value} → {value + 1}")
        case ast.Constant(value=str() as value):
            yield _field(node, "value", value + "?", f"“{value}” → “{value}?”")
        case ast.Attribute(attr=attr) if attr in SWAP:
            yield _field(node, "attr", SWAP[attr], f"{attr} → {SWAP[attr]}")
        case ast.If() | ast.IfExp():
            negated = ast.UnaryOp(ast.Not(), node.test)
            yield _field(node, "test", negated, "condition negated")


def _name(op: ast.AST) -> str:
    return type(op).__name__


def _field(
    node: ast.AST, name: str, value: object, words: str
) -> tuple[str, Callable[[], None], Callable[[], None]]:
    old = getattr(node, name)
    return words, lambda: setattr(node, name, value), lambda: setattr(node, name, old)


def _item(
    items: list[ast.cmpop], i: int, value: ast.cmpop, words: str
) -> tuple[str, Callable[[], None], Callable[[], None]]:
    old = items[i]
    return words, lambda: items.__setitem__(i, value), lambda: items.__setitem__(i, old)


def omissions(
    tree: ast.Module,
) -> Iterator[tuple[ast.stmt, Callable[[], None], Callable[[], None]]]:
    """Statements that can be left out: those whose absence is not a name that does not exist."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for i, one in enumerate(body):
            plain = isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
            words = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            if isinstance(one, ast.AugAssign | ast.Assign | ast.Expr | ast.Continue | ast.If):
                if (plain and not _again(body, i)) or words:
                    continue
                yield one, *_left_out(body, i)


def _again(body: list[ast.stmt], i: int) -> bool:
    """Whether the statement gives a name a new value, rather than its first."""
    name = body[i].targets[0].id  # type: ignore[attr-defined]
    return any(isinstance(x, ast.Name) and x.id == name for one in body[:i] for x in ast.walk(one))


def _left_out(body: list[ast.stmt], i: int) -> tuple[Callable[[], None], Callable[[], None]]:
    old = body[i]
    none = ast.copy_location(ast.Pass(), old)
    return lambda: body.__setitem__(i, none), lambda: body.__setitem__(i, old)


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    path = ROOT / "src" / (module.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text("utf-8"))
    found: list[tuple[int, str, Callable[[], None], Callable[[], None]]] = []
    skip = set(_not_run(tree))
    for node in ast.walk(tree):
        if id(node) not in skip:
            for words, make, undo in changes(node):
                found.append((getattr(node, "lineno", 0), words, make, undo))
    for left, make, undo in omissions(tree):
        found.append((left.lineno, "statement left out", make, undo))
    for line, words, make, undo in sorted(found, key=lambda one: (one[0], one[1])):
        make()
        text = ast.unparse(ast.fix_missing_locations(tree))
        undo()
        yield Mutant(module, line, words, ast.parse(text))


def _not_run(tree: ast.Module) -> Iterator[int]:
    """Nodes that do nothing: docstrings, imports, annotations and what they hold."""
    for node in ast.walk(tree):
        held: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            held = [node.value]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            held = [node]
        elif isinstance(node, ast.AnnAssign | ast.arg):
            held = [node.annotation]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            held = [*node.decorator_list, getattr(node, "returns", None)]
        for one in filter(None, held):
            yield from (id(inner) for inner in ast.walk(one))


class Served(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves a mutant when its module is imported."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.mutant.module:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.tree, self.mutant.module, "exec"), module.__dict__)


def survives(mutant: Mutant | None) -> bool:
    """Whether the tests pass with a mutant in place, in a process of its own."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    signal.alarm(LIMIT)
    if mutant:
        sys.meta_path.insert(0, Served(mutant))
    code = 1
    try:
        import pytest

        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            words = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "-k", LEFT_OUT]
            # the quickest first: what they notice needs no more
            code = int(pytest.main([*words, TESTS[0]])) or int(pytest.main([*words, *TESTS[1:]]))
    finally:
        os._exit(code)


def main() -> int:
    """Run every mutant; print the survivors and the share killed."""
    read = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    read.add_argument("--only", type=int, nargs="*", help="numbers of the mutants to run")
    read.add_argument("--list", action="store_true", help="print the mutants and run none")
    asked = read.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "src"))
    found = [one for module in TARGETS for one in mutants(module)]
    chosen = [(i, one) for i, one in enumerate(found) if not asked.only or i in asked.only]
    if asked.list:
        for i, one in chosen:
            print(f"{i:4} {one.module}:{one.line} {one.what}")
        return 0
    # what every process needs and no mutant touches
    import numpy
    import polars
    import pytest
    import yaml

    import surtax.ledger.load

    assert all((numpy, polars, pytest, yaml, surtax.ledger.load))
    assert not [module for module in TARGETS if module in sys.modules]
    if not survives(None):
        print("the tests fail without any change")
        return 2
    began, left = time.monotonic(), 0
    for i, one in chosen:
        if survives(one):
            left += 1
            print(f"{i:4} {one.module}:{one.line} {one.what}", flush=True)
    share = 1 - left / len(chosen)
    print(f"{len(chosen)} mutants, {left} left, {share:.1%} killed, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    raise SystemExit(main())
