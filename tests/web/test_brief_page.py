"""The page, the tables and the folder of a brief, on a made-up one."""

import builtins
import copy
import csv
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from surtax.brief import mapgrid, render, tables, timeline
from surtax.brief.localise import localise
from surtax.errors import InputError
from surtax.words import catalogue
from web.sample_brief import PROVINCES, sample

EN = catalogue("en")
SECTIONS = ("summary", "law", "duties", "rates", "costs", "options", "sure", "method")
PICTURES = {
    "timeline",
    "map",
    "partners",
    "canada_sectors",
    "countries",
    "workers",
    "responses",
}
VOID = {"meta", "br", "link", "img", "hr", "input", "circle", "line", "rect", "path"}


class Reader(HTMLParser):
    """Checks that tags balance, and keeps what the tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID or tag in {"rect", "circle"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID and tag not in {"rect", "circle"}:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "title"):
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(page).text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("briefs") / "brief"
    render.write(sample(), out, with_png=True)
    return out


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "index.html").read_text("utf-8")


def test_every_file_is_there_and_named(tmp_path: Path) -> None:
    told: list[str] = []
    paths = render.write(sample(), tmp_path / "b", told.append, with_png=True)
    assert paths[0] == tmp_path / "b" / "index.html"
    assert sorted(paths) == sorted(p for p in (tmp_path / "b").rglob("*") if p.is_file())
    assert {p.stem for p in paths if p.suffix == ".svg"} == PICTURES | {f"{p}.fr" for p in PICTURES}
    assert {p.stem for p in paths if p.suffix == ".png"} == {
        p.stem for p in paths if p.suffix == ".svg"
    }
    assert told == ["page in en", "page in fr"]
    assert list(tmp_path.iterdir()) == [tmp_path / "b"], "nothing temporary is left"


def test_the_same_brief_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for path in render.write(sample(), tmp_path / "again", with_png=True):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path / "again")).read_bytes()


def test_brief_json_is_the_brief(folder: Path) -> None:
    assert json.loads((folder / "brief.json").read_text("utf-8")) == sample()


def test_sections_in_order_with_landmarks_and_headings(page: str) -> None:
    reader = read(page)
    ids = [a["id"] for t, a in reader.tags if t == "section"]
    assert tuple(ids) == SECTIONS
    tags = [t for t, _ in reader.tags]
    for landmark in ("header", "main", "nav", "footer", "h1"):
        assert tags.count(landmark) == 1, landmark
    levels = [int(t[1]) for t in tags if re.fullmatch(r"h[1-6]", t)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert ("html", {"lang": "en"}) in reader.tags
    assert ("a", {"class": "skip", "href": "#summary"}) in reader.tags
    every = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(every) == len(set(every)), "an id appears twice"
    for tag, attributes in reader.tags:
        target = attributes.get("href") or ""
        if tag == "a" and target.startswith("#"):
            assert target[1:] in every
        for name in attributes.get("aria-labelledby", "").split():  # type: ignore[union-attr]
            assert name in every


def test_the_page_asks_nothing_of_a_network(page: str) -> None:
    for tag, attributes in read(page).tags:
        assert tag not in {"script", "link", "iframe", "img", "object"}
        assert "src" not in attributes
        if str(attributes.get("href", "")).startswith("http"):
            assert tag == "a"
    assert "@import" not in page
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= {
        f"#hatch-{p}-{s}" for p in PICTURES for s in "wn"
    }


def test_links_of_the_page_lead_to_files_of_the_folder(folder: Path, page: str) -> None:
    for tag, attributes in read(page).tags:
        target = str(attributes.get("href", "#"))
        if tag == "a" and not target.startswith(("#", "http")):
            assert (folder / target).is_file(), target


def test_every_cell_of_every_table_is_on_the_page(page: str) -> None:
    text = words_of(page)
    for table in tables.every(localise(sample(), EN), EN).values():
        assert f"tables/{table.name}.csv" in page
        for row in table.rows:
            for column in table.columns:
                shown, beside = tables.cell(column, row, EN)
                assert re.sub(r"\s+", " ", shown) in text, (table.name, column.key, shown)
                assert beside in text


def test_figures_as_they_are_written(page: str) -> None:
    text = words_of(page)
    for figure in (
        "−1.82 %",
        "−2.37 to −1.27 %",
        "+0.12 %",
        "US$10,000.00",
        "US$40,000.00",
        "C$59.8 bn",
        "US$3,200 bn",
        "28 March 2025",
        "4.8 pp above 19 January 2025",
        "7.1 %",
        "25 %, 10 %",
        "7.5 to 100 %",
        "rate not known",
        "497,800",
        "surtax brief spring-2025 --on 2025-03-28",
        "surtax.run('spring-2025')",
    ):
        assert figure in text, figure
    assert not re.search(r"[\s(>]-\d", text), "a hyphen stands for a minus"
    assert "2025-03-28" not in text.replace("--on 2025-03-28 --known 2025-03-28", "")
    assert "nan" not in text.lower().split()


def test_no_headline_is_a_bare_point(page: str) -> None:
    for headline in re.findall(r"<dd>([+−][^<]*) ?<(.*?)</dd>", page):
        assert 'class="range"' in headline[1]
        assert " to " in headline[1]
    assert page.count("<dd>−") == 6


def test_three_states_never_look_alike(page: str) -> None:
    css = page[page.index("<style>") : page.index("</style>")]
    looks = {
        s: re.search(rf"\.mk\.{s}\{{([^}}]*)\}}", css)[1]  # type: ignore[index]
        for s in ("in_force", "signed", "threatened")
    }
    assert len(set(looks.values())) == 3
    assert "repeating-linear-gradient" in looks["signed"]
    assert "dashed" in looks["threatened"]
    for state, label in (("in_force", "In force"), ("signed", "Signed")):
        assert f'<span class="mk {state}" aria-hidden="true"></span>{label}' in page
    for state in ("in_force", "signed", "threatened"):
        assert f'<div class="state {state}">' in page
        assert re.search(rf'<rect class="{state}"', page)


def test_nothing_after_the_day_of_knowledge_but_signed_and_threatened(page: str) -> None:
    brief = sample()
    brief["timeline"].append(
        {
            "date": "2025-05-28",
            "kind": "ruling",
            "title": "A ruling from the future",
            "measure": "",
            "citation": "x",
        }
    )
    shown = [e["title"] for e in timeline.events(brief)]
    assert "A ruling from the future" not in shown


def test_all_thirteen_provinces_and_territories_are_on_the_map(folder: Path) -> None:
    drawn = (folder / "charts" / "map.svg").read_text("utf-8")
    for code in [*PROVINCES, *mapgrid.TERRITORIES]:
        assert f">{code}</text>" in drawn
    assert drawn.count("not modelled</title>") == 3


def test_pictures_are_well_formed_titled_and_name_their_source(folder: Path) -> None:
    for path in (folder / "charts").glob("*.svg"):
        root = ElementTree.fromstring(path.read_text("utf-8"))
        assert root.get("role") == "img"
        assert root.get("aria-label")
        text = " ".join(t.text or "" for t in root.iter() if t.tag.endswith("text"))
        assert re.search(r"Source\s?: Made-up statistics office", text)
        assert "Vintage" in text or "Version" in text


def test_pictures_on_the_page_have_words(page: str) -> None:
    drawn = [a for t, a in read(page).tags if t == "svg"]
    assert len(drawn) == 2 * len(PICTURES)
    for attributes in drawn:
        assert attributes["role"] == "img"
        assert len(attributes["aria-label"] or "") > 40


def test_hostile_strings_stay_text(tmp_path: Path) -> None:
    evil = '"><script>alert(1)</script>&{{7*7}}'
    brief = sample()
    brief["scenario"]["title"] = evil
    brief["scenario"]["question"] = evil
    brief["law"]["in_force"][0]["title"] = evil
    brief["law"]["threatened"][0]["says"] = evil
    brief["timeline"][2]["title"] = evil
    brief["duties"][0]["layers"][0]["because"] = [evil]
    brief["responses"][0]["title"] = evil
    brief["regions"][0]["name"] = evil
    brief["etr"]["by_partner"][0]["name"] = evil
    brief["etr"]["canada_by_sector"][0]["name"] = evil
    brief["vintage"]["command"] = evil
    brief["sources"].append(f"javascript:alert(1) {evil}")
    render.write(brief, tmp_path / "b")
    page = (tmp_path / "b" / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert "49" not in re.findall(r"alert\(1\)&lt;/script&gt;&amp;(\w+)", page)
    read(page)
    for path in (tmp_path / "b" / "charts").glob("*.svg"):
        ElementTree.fromstring(path.read_text("utf-8"))


def test_csv_files_carry_plain_numbers(folder: Path) -> None:
    with (folder / "tables" / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    alberta = next(r for r in rows if r["name"] == "Alberta")
    assert float(alberta["real_income"]) == -0.0182
    assert float(alberta["real_income_low"]) == -0.02366
    assert float(alberta["real_income_high"]) == -0.01274
    with (folder / "tables" / "duties.csv").open(encoding="utf-8", newline="") as file:
        owed = [r for r in csv.DictReader(file) if r["outcome"] == "owed"]
    assert sum(float(r["amount"]) for r in owed) == 10000 + 5000 + 10000 + 5000
    assert {p.stem for p in (folder / "tables").iterdir()} == set(tables.every(sample(), EN))


def test_without_the_charts_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ordinary = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == "vl_convert":
            raise ImportError(name)
        return ordinary(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="charts extra"):
        render.write(sample(), tmp_path / "png", with_png=True)
    assert not list(tmp_path.iterdir()), "nothing is written then"
    paths = render.write(sample(), tmp_path / "b")
    assert not [p for p in paths if p.suffix == ".png"]
    assert len([p for p in paths if p.suffix == ".svg"]) == 2 * len(PICTURES)
    page = (tmp_path / "b" / "index.html").read_text("utf-8")
    assert ".png" not in page
    read(page)


def test_an_earlier_brief_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "b"
    render.write(sample(), out)
    brief = sample()
    brief["scenario"]["title"] = "A second title"
    (out / "charts" / "old.svg").write_text("<svg/>")
    render.write(brief, out)
    assert "A second title" in (out / "index.html").read_text("utf-8")
    assert not (out / "charts" / "old.svg").exists()
    assert list(tmp_path.iterdir()) == [out]


def test_an_empty_folder_and_missing_parents_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    render.write(sample(), tmp_path / "empty")
    render.write(sample(), tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "index.html").is_file()


@pytest.mark.parametrize("where", ["beside", "tables", "page", "file"])
def test_a_foreign_folder_is_refused(tmp_path: Path, where: str) -> None:
    out = tmp_path / "b"
    if where == "file":
        out.write_text("mine")
    elif where == "page":
        out.mkdir()
        (out / "index.html").write_text("<p>my own page</p>")
    else:
        render.write(sample(), out)
        (out / ("notes.txt" if where == "beside" else "tables/notes.txt")).write_text("mine")
    before = sorted(p for p in tmp_path.rglob("*"))
    with pytest.raises(InputError, match="not an earlier brief") as caught:
        render.write(sample(), out)
    assert caught.value.mend
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_a_brief_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "b"
    render.write(sample(), out)
    kept = (out / "index.html").read_bytes()
    brief = sample()
    del brief["vintage"]
    with pytest.raises(KeyError):
        render.write(brief, out)
    assert (out / "index.html").read_bytes() == kept
    assert list(tmp_path.iterdir()) == [out]


def test_a_quiet_day(tmp_path: Path) -> None:
    """No measures, no threats, no rates in doubt, no workers: the page still stands."""
    brief = sample()
    brief["law"] = {"in_force": [], "signed": [], "threatened": []}
    brief["timeline"] = []
    brief["duties"] = []
    brief["workers"] = []
    brief["responses"] = []
    brief["revenue"] = {"unit": "", "rows": []}
    brief["faults"] = []
    brief["etr"]["by_partner"] = brief["etr"]["canada_by_sector"] = []
    for row in brief["regions"]:
        row["real_income"] = {"value": 0.0, "low": 0.0, "high": 0.0}
        row["real_income_threatened"] = None
    for state in brief["etr"]["states"]:
        state["rate"], state["duty"] = (0.02, 1.0) if state["state"] == "in_force" else (None, None)
    render.write(brief, tmp_path / "b")
    text = words_of((tmp_path / "b" / "index.html").read_text("utf-8"))
    assert "no tariff measure is in force" in text
    assert "Real income does not change in any province." in text
    assert "not given" in text


def test_goods_that_may_not_enter(tmp_path: Path) -> None:
    brief = sample()
    barred = copy.deepcopy(brief["duties"][1])
    barred |= {"admissible": False, "total": None, "rate": None, "low": None, "high": None}
    brief["duties"][1] = barred
    render.write(brief, tmp_path / "b")
    text = words_of((tmp_path / "b" / "index.html").read_text("utf-8"))
    assert "These goods may not enter." in text


def test_a_fee_stands_beside_the_layers_and_a_reason_is_said_once(tmp_path: Path) -> None:
    """19 CFR 24.23(b)(1): a fee that is in no duty total."""
    brief = sample()
    duty = brief["duties"][0]
    duty["fees"] = [{**duty["layers"][0], "title": "Merchandise processing fee", "amount": 138.56,
                     "citation": "19 CFR 24.23(b)(1)"}]  # fmt: skip
    spared = {"title": "Reciprocal duties", "reason": "yields to another", "measure": "a#"}
    duty["suppressed"] = [{**spared, "measure": f"a#{part}"} for part in ("one", "two")]
    render.write(brief, tmp_path / "b")
    page = (tmp_path / "b" / "index.html").read_text("utf-8").partition('id="duties"')[2]
    cards = words_of(page.partition("<details")[0])
    assert "Merchandise processing fee: US$138.56 (19 CFR 24.23(b)(1))" in cards
    assert cards.count("yields to another") == 1
    table = (tmp_path / "b" / "tables" / "duties.csv").read_text("utf-8")
    assert "138.56" in table


def test_a_duty_per_unit_is_not_written_as_a_rate(tmp_path: Path) -> None:
    brief = sample()
    brief["duties"][2]["layers"][0] |= {"rate": 0.0, "amount": 157.5, "basis": "customs value"}
    render.write(brief, tmp_path / "b")
    text = words_of((tmp_path / "b" / "index.html").read_text("utf-8"))
    assert "US$100,000.00 per unit US$157.50" in text
