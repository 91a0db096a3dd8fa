"""Bar charts as Vega-Lite specifications, drawn to SVG for a page and for a phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.palette import HATCH, STAND_IN
from surtax.brief.svg import NARROW, WIDE, Picture, dress, wrap
from surtax.units import percent
from surtax.words import say

Row = Mapping[str, Any]
Spec = dict[str, Any]
Words = Mapping[str, str]
Draw = Callable[[Spec], str]
INK, SOFT, LINE = STAND_IN["ink"], STAND_IN["soft"], STAND_IN["line"]
ACCENT, LOSS, GAIN = STAND_IN["accent"], STAND_IN["loss"], STAND_IN["gain"]
FACE = "sans-serif"


def drawer() -> Draw | None:
    """The function that draws a specification, or None without the `charts` extra."""
    try:
        import vl_convert
    except ImportError:
        return None

    def draw(spec: Spec) -> str:
        return str(vl_convert.vegalite_to_svg(spec))

    return draw


def picture(
    draw: Draw,
    name: str,
    title: str,
    alt: str,
    spec: Callable[[bool], Spec],
    key: tuple[tuple[str, str], ...] = (),
) -> Picture:
    """Both drawings of a chart whose specification depends on whether it is for a phone."""
    wide, size = dress(draw(spec(False)), f"hatch-{name}-w")
    narrow, small = dress(draw(spec(True)), f"hatch-{name}-n")
    return Picture(name, title, alt, wide, narrow, (size, small), key)


def rates(rows: Sequence[Row], phone: bool, words: Words) -> Spec:
    """Effective rates: solid in force, hatched up to signed, outlined up to threatened.

    A thin line marks the rate before. Where a later state lowers the rate, a dashed line marks it.
    """
    bars: list[dict[str, Any]] = []
    ticks: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for row in rows:
        name = _lines(row["name"], phone)
        reached = max(0.0, row.get("in_force") or 0.0)
        bars.append({"name": name, "x0": 0, "x1": reached * 100, "state": "in_force"})
        steps = [reached]
        for state in ("signed", "threatened"):
            value = row.get(state)
            if value is None:
                continue
            if value > reached + 5e-5:
                bars.append({"name": name, "x0": reached * 100, "x1": value * 100, "state": state})
                reached = value
            elif value < steps[-1] - 5e-5:
                ticks.append({"name": name, "x": value * 100, "late": True})
            if abs(value - steps[-1]) > 5e-4:
                steps.append(value)
        if row.get("before") is not None:
            ticks.append({"name": name, "x": row["before"] * 100, "late": False})
        shown = " → ".join(percent(s).removesuffix(" %") for s in steps) + " %"
        names.append({"name": name, "end": reached * 100, "figure": shown})
    looks_of = {
        "in_force": {"fill": ACCENT, "stroke": ACCENT},
        "signed": {"fill": HATCH, "stroke": ACCENT},
        "threatened": {"fill": "transparent", "stroke": ACCENT},
    }
    layers: list[Spec] = [
        {
            "data": {"values": [b for b in bars if b["state"] == kind]},
            "mark": {
                "type": "bar",
                "height": 14,
                "strokeWidth": 1.2,
                **looks,
                **({"strokeDash": [3, 2]} if kind == "threatened" else {}),
            },
            "encoding": {"x": {"field": "x0", "type": "quantitative"}, "x2": {"field": "x1"}},
        }
        for kind, looks in looks_of.items()
    ]
    for late, colour, dash in ((False, INK, []), (True, ACCENT, [3, 2])):
        layers.append(
            {
                "data": {"values": [t for t in ticks if t["late"] is late]},
                "mark": {"type": "tick", "color": colour, "height": 22, "thickness": 2}
                | ({"strokeDash": dash} if dash else {}),
                "encoding": {"x": {"field": "x", "type": "quantitative"}},
            }
        )
    return _frame(layers, names, phone, words["rates.axis"], order=[n["name"] for n in names])


def changes(rows: Sequence[Row], phone: bool, axis: str, words: Words) -> Spec:
    """Changes with their ranges: bars from zero, a line from low to high, the figures beside.

    Args:
        rows: rows with name, value (a quantity) and, if there is one, later (a quantity).
        phone: whether the drawing is for a phone.
        axis: the title of the axis.
        words: the catalogue.
    """
    bars, later, ranges, names = [], [], [], []
    for row in rows:
        value = fig.middle(row["value"]) or 0.0
        name = _lines(row["name"], phone)
        bars.append({"name": name, "zero": 0, "x": value * 100, "loss": value < 0})
        both = fig.ends(row["value"])
        if both:
            ranges.append({"name": name, "low": both[0] * 100, "high": both[1] * 100})
        ahead = fig.middle(row.get("later"))
        if ahead is not None:
            later.append({"name": name, "zero": 0, "x": ahead * 100})
        names.append(
            {
                "name": name,
                "figure": fig.change(value, 2),
                "range": fig.span(row["value"], words, 2),
            }
        )
    layers: list[Spec] = []
    if later:
        layers.append(
            {
                "data": {"values": later},
                "mark": {
                    "type": "bar",
                    "height": 20,
                    "fill": "transparent",
                    "stroke": SOFT,
                    "strokeDash": [3, 2],
                    "strokeWidth": 1.2,
                },
                "encoding": {"x": {"field": "zero", "type": "quantitative"}, "x2": {"field": "x"}},
            }
        )
    for loss, colour in ((True, LOSS), (False, GAIN)):
        layers.append(
            {
                "data": {"values": [b for b in bars if b["loss"] is loss]},
                "mark": {"type": "bar", "height": 12, "color": colour},
                "encoding": {"x": {"field": "zero", "type": "quantitative"}, "x2": {"field": "x"}},
            }
        )
    layers.append(
        {
            "data": {"values": ranges},
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
        }
    )
    for end in ("low", "high"):
        layers.append(
            {
                "data": {"values": ranges},
                "mark": {"type": "tick", "color": INK, "height": 7, "thickness": 1.5},
                "encoding": {"x": {"field": end, "type": "quantitative"}},
            }
        )
    layers.append(_zero())
    order = [n["name"] for n in names]
    return _frame(layers, names, phone, axis, order=order, ranged=True)


def shares(rows: Sequence[Row], phone: bool, axis: str) -> Spec:
    """Shares from zero, each with its figure: rows with name, share and figure."""
    rows = [{**r, "name": _lines(r["name"], phone)} for r in rows]
    names = [{"name": r["name"], "end": r["share"] * 100, "figure": r["figure"]} for r in rows]
    data = [{"name": r["name"], "zero": 0, "x": r["share"] * 100} for r in rows]
    bar: Spec = {
        "data": {"values": data},
        "mark": {"type": "bar", "height": 14, "color": ACCENT},
        "encoding": {"x": {"field": "zero", "type": "quantitative"}, "x2": {"field": "x"}},
    }
    return _frame([bar], names, phone, axis, order=[n["name"] for n in names])


def _lines(name: str, phone: bool) -> str:
    """The name in lines that leave the bars their room; on a phone it has a line to itself."""
    return name if phone else "\n".join(wrap(name, 28))


def _zero() -> Spec:
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"x": {"field": "zero", "type": "quantitative"}, "y": None},
    }


def _frame(
    layers: list[Spec],
    names: list[dict[str, Any]],
    phone: bool,
    axis: str,
    *,
    order: list[str],
    ranged: bool = False,
) -> Spec:
    """Axes, names and figures around the marks; on a phone the names stand above the bars."""
    text: Spec = {"type": "text", "font": FACE, "fontSize": 13, "baseline": "middle"}
    data = {"values": names}
    lines = max((len(n["name"].split("\n")) for n in names), default=1)
    if phone:
        stacked = any(
            len(n["name"]) + len(n["figure"]) + len(n.get("range", "")) > 40 for n in names
        )
        step = 66 if stacked else 44
        size = 12 if any(len(n["name"]) > 44 for n in names) else 13
        high, low = {"dy": -39 if stacked else -19}, {"dy": -22 if stacked else -19}
        side = {"align": "left" if stacked else "right", "color": SOFT}
        at = 0 if stacked else "width"
        layers = [
            *layers,
            _text(
                data, {**text, **high, "align": "left", "color": INK, "fontSize": size}, "name", 0
            ),
        ]
        if ranged:
            both = "datum.figure + (datum.range ? '  (' + datum.range + ')' : '')"
            layers.append(
                {
                    **_text(data, {**text, **low, **side}, "both", at),
                    "transform": [{"calculate": both, "as": "both"}],
                }
            )
        else:
            layers.append(_text(data, {**text, **low, **side}, "figure", at))
    elif ranged:
        layers = [
            *layers,
            _text(data, {**text, "align": "right", "color": INK, "dx": 66}, "figure", "width"),
            _text(data, {**text, "align": "left", "color": SOFT, "dx": 76}, "range", "width"),
        ]
    else:
        beside: Spec = {
            "data": data,
            "mark": {**text, "align": "left", "dx": 8, "color": INK},
            "encoding": {
                "x": {"field": "end", "type": "quantitative"},
                "text": {"field": "figure"},
            },
        }
        layers = [*layers, beside]
    beside_end = not ranged
    if not phone:
        step = 28 if lines == 1 else 38
        layers = [*layers, *_names(names, text)]
    extent = 8 + 7.4 * max((len(p) for n in names for p in n["name"].split("\n")), default=0)
    x: Spec = {
        "title": axis,
        "axis": {
            "grid": True,
            "tickCount": 4 if phone or ranged else 6,
            "labelExpr": "replace(datum.label, '-', '−')",
        },
    }
    if beside_end and not phone:
        x["scale"] = {"domainMax": _reach(names, WIDE - extent - 40), "nice": False, "domainMin": 0}
    elif beside_end:
        x["scale"] = {"domainMin": 0}
    for layer in layers:
        layer["encoding"].setdefault("x", {})
        if "field" in layer["encoding"]["x"]:
            layer["encoding"]["x"] = {**layer["encoding"]["x"], **x}
        layer["encoding"].setdefault(
            "y",
            {
                "field": "name",
                "type": "nominal",
                "sort": order,
                "title": None,
                "axis": None
                if phone
                else {
                    "labelExpr": "''",
                    "minExtent": extent,
                    "ticks": False,
                    "domain": False,
                },
            },
        )
        if layer["encoding"]["y"] is None:
            del layer["encoding"]["y"]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": NARROW if phone else WIDE,
        "height": {"step": step},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {
            "left": 1,
            "right": 8 if phone else 24,
            "top": 6,
            "bottom": 2,
        },
        "background": "transparent",
        "layer": layers,
        "config": {
            "aria": False,
            "font": FACE,
            "view": {"stroke": None},
            "axis": {
                "labelColor": SOFT,
                "titleColor": SOFT,
                "gridColor": LINE,
                "domainColor": LINE,
                "tickColor": LINE,
                "labelFontSize": 13 if not phone else 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "titlePadding": 8,
            },
            "axisY": {"labelColor": INK},
        },
    }


def _names(names: list[dict[str, Any]], text: Spec) -> list[Spec]:
    """The names left of the axis, each in one or two lines about the middle of its bar."""
    layers: list[Spec] = []
    for count in {len(n["name"].split("\n")) for n in names}:
        for i in range(count):
            data = [
                {"name": n["name"], "line": n["name"].split("\n")[i]}
                for n in names
                if len(n["name"].split("\n")) == count
            ]
            mark = {
                **text,
                "align": "right",
                "color": INK,
                "dx": -8,
                "dy": 15 * (i - (count - 1) / 2),
            }
            layers.append(_text({"values": data}, mark, "line", 0))
    return layers


def _reach(names: list[dict[str, Any]], width: float) -> float:
    """The end of an axis on which every figure beside its bar has room."""
    ends = [n["end"] * width / max(width - 7.6 * len(n["figure"]) - 16, width / 3) for n in names]
    return float(max([*ends, 1e-6]))


def _text(data: Spec, mark: Spec, field: str, x: float | str) -> Spec:
    return {
        "data": data,
        "mark": mark,
        "encoding": {"x": {"value": x}, "text": {"field": field}},
    }


def alt_text(words: Words, rows: Sequence[Row], key: str = "value") -> str:
    """The figures of a chart read aloud: “Ontario −1.2 %, Quebec −0.9 %”."""
    said = [
        f"{r['name']} {fig.change(value, 2)}"
        for r in rows
        if (value := fig.middle(r.get(key))) is not None
    ]
    return say(words, "data_table") + ": " + ", ".join(said)
