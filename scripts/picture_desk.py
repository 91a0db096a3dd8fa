"""Pictures of the desk: every room at three widths, and three tasks step by step.

Run from the repository root, with Chromium, playwright and Pillow installed:
`PYTHONPATH=src:tests python scripts/picture_desk.py [FOLDER] [NAME...]` writes docs/desk/*.png, the
palette of each cut to 128 colours; with names, only the pictures whose name begins so.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from web.desk.browser import SLOW, Visit, launched, served

COLOURS = 128

ROOMS = {
    "day-390": ("/day?on=2025-08-01", 390, "dark"),
    "day-820-fr": ("/day?lang=fr&on=2025-04-03", 820, "light"),
    "day-1440": ("/day?on=2025-04-03", 1440, "light"),
    "duty-390-fr": ("/duty?lang=fr", 390, "light"),
    "duty-820": ("/duty?goods=7214.20.00&on=2025-06-10", 820, "dark"),
    "duty-1440": ("/duty", 1440, "light"),
    "ways-390": ("/duty?view=ways", 390, "light"),
    "ways-1440": ("/duty?view=ways&days=2025-04-10,2025-10-10", 1440, "light"),
    "entries-820": ("/duty?view=file", 820, "light"),
    "studio-390": ("/studio?barriers=50", 390, "light"),
    "studio-820-fr": ("/studio?lang=fr", 820, "light"),
    "studio-1440": ("/studio?pin=-&barriers=50&partners=5", 1440, "dark"),
    "response-390": ("/response", 390, "dark"),
    "response-820": ("/response?kind=list", 820, "light"),
    "response-1440-fr": ("/response?lang=fr&kind=platforms", 1440, "light"),
    "compare-390": ("/compare?items=force-and-pivot", 390, "light"),
    "compare-820": (
        "/compare?items=force-and-pivot,retaliate-and-build,retaliate-and-insure", 820, "dark"),
    "compare-1440-fr": (
        "/compare?lang=fr&items=force-and-pivot,retaliate-and-build,retaliate-and-insure",
        1440, "light"),
    "card-390-fr": ("/card?lang=fr&show=ON", 390, "light"),
    "card-820": ("/card?show=ON", 820, "dark"),
    "card-1440": ("/card", 1440, "light"),
}  # fmt: skip
"""Pictures of the rooms: address, width, colours."""


def main() -> None:
    names = sys.argv[2:]
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/desk")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in ROOMS if not names or name.startswith(tuple(names))]
    with tempfile.TemporaryDirectory() as work, served(Path(work)) as desk, launched() as browser:
        for name in wanted:
            path, width, scheme = ROOMS[name]
            with_page(browser, desk, width, scheme, lambda visit, n=name, p=path: room(
                visit, p, folder / f"{n}.png"))  # fmt: skip
        for name, task in TASKS.items():
            if not names or name.startswith(tuple(names)):
                with_page(browser, desk, 1180, "light", lambda visit, n=name, t=task: t(
                    visit, Steps(visit, folder, n)))  # fmt: skip


def with_page(
    browser: Any, desk: str, width: int, scheme: str, act: Callable[[Visit], None]
) -> None:
    visit = Visit(
        browser, desk, viewport={"width": width, "height": 844 if width < 500 else 900},
        color_scheme=scheme,
    )  # fmt: skip
    try:
        act(visit)
        if visit.wrong:
            raise SystemExit(f"{visit.page.url}: {visit.wrong}")
    finally:
        visit.close()


def room(visit: Visit, path: str, to: Path) -> None:
    visit.go(path)
    ready(visit.page)
    keep(visit.page.screenshot(full_page=True), to, 2000)


def ready(page: Any) -> None:
    """Wait until nothing waits: no answer under way, no range to follow, no day to rate."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => ![...document.querySelectorAll('main .range')].some((one) =>"
        " /the range follows|fourchette suit/.test(one.textContent))"
        " && ![...document.querySelectorAll('.rates > p.small.soft')].some((one) =>"
        " one.checkVisibility())"
        " && !document.querySelector('.busy:not([hidden])')", timeout=3 * SLOW)  # fmt: skip
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def keep(png: bytes, to: Path, tallest: int) -> None:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, tallest)))
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(to, optimize=True)
    sys.stdout.write(f"{to} {picture.width}×{picture.height} {to.stat().st_size // 1024} kB\n")


class Steps:
    """The pictures of a task, and the seconds that each step took."""

    def __init__(self, visit: Visit, folder: Path, name: str) -> None:
        self.visit, self.folder, self.name = visit, folder, name
        self.at = 0
        self.since = time.monotonic()

    def picture(self, words: str) -> None:
        ready(self.visit.page)
        self.at += 1
        spent = time.monotonic() - self.since
        sys.stdout.write(f"{self.name} step {self.at}, {spent:.1f} s: {words}\n")
        keep(self.visit.page.screenshot(), self.folder / f"{self.name}-{self.at}.png", 900)


def car(visit: Visit, steps: Steps) -> None:
    page = visit.go("/")
    steps.picture("the page that opens first")
    page.get_by_role("link", name="Duty desk").click()
    goods = page.get_by_role("combobox", name="Goods (HS code")
    goods.fill("")
    goods.press_sequentially("car")
    page.get_by_role("option").first.wait_for()
    steps.picture("“car” is typed: its tariff lines stand beneath")
    goods.press("ArrowDown")
    goods.press("Enter")
    page.get_by_label("Customs value").fill("32500")
    page.get_by_text("US$32,500.00", exact=False).first.wait_for()
    steps.picture("a line and the value are given: the answer stands beside them")
    page.get_by_label("USMCA").check()
    page.get_by_text("Facts that matter here").wait_for()
    steps.picture("the preference is claimed: the fact that decides is asked")
    page.get_by_label("Value of parts wholly obtained", exact=False).first.fill("40")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1500)
    page.evaluate("scrollTo(0, 0)")
    steps.picture("the share is given: what is owed, on which part, under which text")


def ontario(visit: Visit, steps: Steps) -> None:
    page = visit.go("/")
    page.get_by_role("link", name="Scenario studio").click()
    page.locator(".headline h2").wait_for(timeout=3 * SLOW)
    steps.picture("the studio as it opens: the law of spring 2025, all provinces")
    page.get_by_label("Province or country to follow").select_option(label="Ontario")
    page.get_by_text("real income, Ontario").wait_for()
    steps.picture("Ontario is followed: its figure and range stand first")
    page.get_by_text("Data table").first.click()
    page.locator("figure details[open]").first.scroll_into_view_if_needed()
    steps.picture("the table of the provinces: prices, output, jobs")


def response(visit: Visit, steps: Steps) -> None:
    page = visit.go("/")
    page.get_by_role("link", name="Compare").click()
    page.locator("figure h3").first.wait_for(timeout=3 * SLOW)
    steps.picture("two platforms stand there at first")
    for _ in range(2):
        page.locator(".chips button").first.click()
    add = page.get_by_label("Add a response or a platform")
    for words in OFFERED:
        add.select_option(label=words)
        page.get_by_role("button", name="Add", exact=True).click()
    page.locator("table thead th", has_text=OFFERED[-1]).first.wait_for(timeout=3 * SLOW)
    steps.picture("the three responses instead: the title says which costs least")
    page.locator(".outcome h2").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    steps.picture("province by province, and what is collected")


OFFERED = (
    "What is in force, and no more", "As many dollars as are newly charged", "The whole C$155 bn",
)  # fmt: skip
TASKS: dict[str, Callable[[Visit, Steps], None]] = {
    "trial-car": car, "trial-ontario": ontario, "trial-response": response,
}  # fmt: skip

if __name__ == "__main__":
    main()
