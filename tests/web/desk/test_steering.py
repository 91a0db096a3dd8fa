"""A person steers: goods by name, a slider dragged, a pin, the same figure again, a card."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from web.desk.browser import SLOW, Visit


def _percent(text: str) -> float:
    """The first change in a text, as a fraction."""
    found = re.search(r"([−+]?)([\d.]+)\s*%", text)
    assert found, text
    return float(found[2]) / 100 * (-1 if found[1] == "−" else 1)


def _answered(page: Any) -> Any:
    """What happens next is an answer of the studio."""
    return page.expect_response(
        lambda one: "/api/studio?" in one.url and one.status == 200, timeout=SLOW
    )


def test_goods_are_found_by_name_with_the_keyboard(visit: Visit) -> None:
    page = visit.go("/duty")
    box = page.get_by_role("combobox", name="Goods (HS code")
    box.fill("")
    box.press_sequentially("beer malt")
    option = page.get_by_role("option").first
    option.wait_for(timeout=SLOW)
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    box.press("Enter")
    assert box.input_value() == "2203.00.00"
    assert page.get_by_role("listbox").count() == 0  # closed
    page.get_by_text("2203.00.00", exact=False).nth(1).wait_for(timeout=SLOW)
    assert "goods=2203.00.00" in page.url
    box.press("ArrowDown")
    assert box.get_attribute("aria-expanded") == "true"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"


def test_a_slider_that_is_dragged_solves_again_and_is_held_against_the_pin(visit: Visit) -> None:
    page = visit.go("/studio")
    page.locator(".headline .figure").first.wait_for(timeout=SLOW)
    before = page.locator(".headline h2").inner_text()
    page.get_by_role("button", name="Pin this").click()
    pinned = page.locator(".headline .against").first
    pinned.wait_for(timeout=SLOW)
    assert before.split(":")[1].strip() in pinned.inner_text()
    slider = page.get_by_role("slider", name="US duty on Canadian goods")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    entries = page.evaluate("history.length")
    seen = []
    page.on("response", lambda one: seen.append(one.url) if "/api/studio?" in one.url else None)
    # From the knob, which stands at nothing: a third of −25 … 50, to the right end.
    page.mouse.move(box["x"] + box["width"] / 3, middle)
    page.mouse.down()
    for part in (0.5, 0.7, 0.9):
        with _answered(page):  # it moves while the button is held
            page.mouse.move(box["x"] + box["width"] * part, middle, steps=2)
    page.mouse.up()
    visit.settle()
    rate = float(slider.input_value())
    assert rate > 30
    assert f"CAN%3EUSA%20%2B{rate:g}%25" in page.url
    assert len(seen) >= 3
    after, told = page.evaluate(  # at once: an answer that still comes changes both
        "['h2', '.against'].map((one) => document.querySelector(`.headline ${one}`).innerText)"
    )
    assert _percent(after) < _percent(before)
    # The difference from the pinned is that of the two figures, to their last digit.
    assert abs(_percent(told.split(";")[1]) - (_percent(after) - _percent(before))) < 1.01e-4
    # A whole drag is one step of the history.
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    page.wait_for_function(
        "(told) => document.querySelector('.headline h2').innerText === told",
        arg=before, timeout=SLOW,
    )  # fmt: skip


def test_an_answer_that_takes_long_says_so_and_a_refused_one_says_why(visit: Visit) -> None:
    page = visit.go("/studio")
    page.locator(".headline .figure").first.wait_for(timeout=SLOW)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/studio?*", hold)
    page.get_by_role("slider", name="US duty on Canadian goods").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".busy progress").wait_for(state="visible", timeout=SLOW)
    assert page.locator("[aria-busy=true] .headline").count() == 1
    held[0].continue_()
    page.unroute("**/api/studio?*")
    page.locator(".busy").wait_for(state="hidden", timeout=SLOW)
    assert page.locator("[aria-busy=true]").count() == 0
    # The record has four rows of the Union's list, which was to be in force in April 2025.
    visit.refusals = True
    page = visit.go("/studio?lang=fr&answers=EU27&on=2025-04-20&known=2025-04-05")
    wrong = page.locator(".field.wrong", has_text="Union européenne").locator(".field-error")
    wrong.wait_for(timeout=SLOW)
    assert wrong.inner_text().startswith("Ce que ce pays (Union européenne) perçoit par ")
    assert "eu/rebalancing/steel-and-aluminium" in wrong.locator("[lang=en]").inner_text()
    page.get_by_label("Union européenne").uncheck()
    page.locator(".headline .figure").first.wait_for(timeout=SLOW)
    assert page.locator(".field.wrong").count() == 0
    assert not page.locator(".notice.wrong").is_visible()


def test_reproduce_this_runs_and_gives_the_number_of_the_page(visit: Visit, tmp_path: Path) -> None:
    page = visit.go("/studio?rates=CAN%3EUSA%20%2B10%25&barriers=10&show=ON")
    page.locator(".headline .figure").first.wait_for(timeout=SLOW)
    shown = page.locator(".headline .figure strong").first.inner_text()
    page.get_by_text("Reproduce this").click()
    page.get_by_role("button", name="Save the scenario file").wait_for(timeout=SLOW)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the scenario file").click()
    command, python, text = page.locator(".reproduce pre").all_inner_texts()
    saved.value.save_as(tmp_path / saved.value.suggested_filename)
    assert (tmp_path / saved.value.suggested_filename).read_text("utf-8") == text
    words = command.split()
    assert words[0] == "surtax"
    start = "from surtax.cli import main; main()"
    alone = subprocess.run(
        [sys.executable, "-c", start, *words[1:], "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    end = (
        "\nimport json; print(json.dumps([r for r in answer['regions'] if r['region'] == 'ON'][0]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", python + end],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for out in (alone.stdout, other.stdout):
        found = re.search(r'"region":\s*"ON".*?"real_income":\s*(-?[\d.e-]+)', out, re.S)
        assert found, out[:400]
        assert f"{100 * abs(float(found[1])):.2f}" in shown
        assert (float(found[1]) < 0) == ("−" in shown)


def test_a_card_stands_on_another_page(visit: Visit, chromium: Any) -> None:
    page = visit.go("/card?show=AB")
    page.locator(".clip .big").wait_for(timeout=SLOW)
    visit.settle()
    number = page.locator(".clip .big").inner_text()
    snippet = page.get_by_role("textbox", name="Embed").input_value()
    assert "<script" not in snippet
    assert not re.search(r"(?:src|href)=", snippet)
    # A page without the desk: the picture needs nothing that is not in it.
    context = chromium.new_context(offline=True)
    try:
        other = context.new_page()
        other.set_content(f"<!doctype html><title>A newspaper</title>{snippet}")
        assert number in other.locator("svg").text_content()
        assert other.locator("svg").bounding_box()["width"] > 300
    finally:
        context.close()
    # What it assumes beside the law, and what solve says beside such a figure, go with it.
    page = visit.go("/card?show=AB&barriers=10&closure=balanced")
    page.locator(".clip .big").wait_for(timeout=SLOW)
    visit.settle()
    picture = page.get_by_role("textbox", name="Embed").input_value()
    for words in ("barriers between provinces fall by 10", "no effect of the duties alone"):
        assert words in page.locator(".clip").inner_text()
        assert words in re.search(r'aria-label="([^"]*)"', picture)[1]


def test_a_fact_of_a_fee_stands_beside_the_layers_and_is_answered_by_keyboard(visit: Visit) -> None:
    """26 U.S.C. 4461(b): 0.125 % of USD 40,000 that come by sea."""
    page = visit.go("/duty?from=DE&value=40000&on=2025-03-03")
    told = page.locator(".answer")
    told.get_by_role("heading", name="Facts that change a fee alone").wait_for(timeout=SLOW)
    assert "unloaded from a commercial vessel" in told.inner_text()
    total = told.locator(".big").inner_text()
    page.get_by_label("The goods were unloaded").focus()
    page.keyboard.press("y")
    told.get_by_text("Harbor maintenance fee").wait_for(timeout=SLOW)
    assert "US$50.00" in told.get_by_role("row", name="Harbor maintenance fee").inner_text()
    assert told.locator(".big").inner_text() == total
    assert "by_sea" in page.url


def test_what_is_assumed_is_said_in_sentences_and_income_per_head_stands_in_the_table(
    visit: Visit,
) -> None:
    page = visit.go("/studio?closure=provinces&horizon=&sharing=households")
    told = page.locator(".headline")
    told.get_by_text("Assumed here").wait_for(timeout=SLOW)
    assert (
        "Assumed here: new duties are paid out to: all households, as in the benchmark; workers "
        "move between sectors and provinces." in told.inner_text()
    )
    page.get_by_text("Data table").first.click()
    table = page.get_by_role("table").filter(has_text="Alberta").first
    table.wait_for(timeout=SLOW)
    heads = table.locator("thead th").all_text_contents()
    assert "Real income per head" in heads
    assert "C$ a year for each household" in heads
    page = visit.go("/studio?closure=provinces&sharing=households&lang=fr")
    told = page.locator(".headline")
    told.get_by_text("Supposé ici").wait_for(timeout=SLOW)
    assert "les travailleurs passent d’un secteur et d’une province à l’autre." in told.inner_text()
