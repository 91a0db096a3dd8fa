"""The desk in a browser: its address is its state, every control has its keys, both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from surtax.words import LANGUAGES, catalogue
from web.desk.browser import SLOW, Visit

HERE = Path(__file__).parent
STATIC = Path(str(__import__("surtax").__file__)).parent / "desk" / "static"
ROOMS = [path.stem for path in sorted((STATIC / "js" / "rooms").glob("*.js"))]
STATES = -(-30 // len(ROOMS))  # thirty states over all rooms, or more
MANY = 100
"""States of each room that are only written and read."""
SOLVED = ("card", "studio")
"""Rooms in which another law takes many seconds to rate."""
SIZES = {"phone": 360, "tablet": 768, "wide": 1440}
PLAYED = "/response?kind=bargain&points=1&ranges=0"
"""A settlement with one point and one set of assumptions: a few seconds of search."""

PLACES = [
    *(f"/{room}" for room in ROOMS),
    *(f"/duty?view={view}" for view in ("ways", "file")),
    *(f"/response?kind={kind}" for kind in ("nash", "bargain", "list", "platforms", "sweep")),
    "/studio?rates=STL%20CAN%3EUSA%20%2B10%25,OIL%20CAN%3EUSA%20free&answers=MX&show=ON&pin=-",
    "/compare?items=-,barriers%3D50",
]
"""Every room, with the controls that some states alone have."""

CONTROLS = (
    "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), summary, "
    "textarea, [tabindex='0']"
)
"""What a person can act on. Of radio buttons of one name, the keyboard stops at one."""


@pytest.mark.parametrize("room", ROOMS)
def test_states_go_round_through_the_address(visit: Visit, room: str) -> None:
    # A state may ask for what the server refuses in words (an objective that is none): no fault.
    visit.refusals = True
    page = visit.go(f"/{room}")
    states = (HERE / "states.js").read_text("utf-8")
    made = page.evaluate(f"{states};\nstates('{room}', {MANY})")
    assert len({one["query"] for one in made}) >= STATES
    calm = "true" if room in SOLVED else "false"
    seen = page.evaluate(f"{states};\nstates('{room}', {STATES}, {calm})")
    for one in [*made, *seen]:
        assert one["whole"], one["query"]
        assert one["fixed"], one["query"]
    for one in seen:
        visit.go(f"/{room}?{one['query']}")
        assert urlsplit(page.url).query == one["query"]
        assert page.locator("main").inner_text().strip()


PRESSED = """
  window.pressed = new Set();
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (this instanceof Element && /^(click|mousedown|pointerdown)$/.test(kind)) pressed.add(this);
    return listen.call(this, kind, ...rest);
  };
"""
"""Notes what a pointer can press, before a page loads."""
ALSO_BY_KEYS = ".pick, [role=option]"
"""What a pointer can press and keys reach otherwise: a chart by its slider, options by arrows."""


@pytest.mark.parametrize("place", PLACES)
def test_every_control_is_reached_and_worked_by_keyboard(visit: Visit, place: str) -> None:
    visit.refusals = True
    visit.page.add_init_script(PRESSED)
    page = visit.go(place)
    page.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
    )
    visit.settle()
    page.evaluate(
        """(wanted) => {
          const how = { visibilityProperty: true, opacityProperty: true };
          const seen = (node) => node.checkVisibility(how)
            && node.getClientRects().length && !node.closest("dialog:not([open])");
          const once = new Set();
          document.querySelectorAll(wanted).forEach((node, at) => {
            if (!seen(node) || node.tabIndex < 0) return;
            if (node.type === "radio") {
              if (once.has(node.name)) return;
              once.add(node.name);
            }
            node.dataset.wanted = node.type === "radio" ? `radio ${node.name}` : String(at);
          });
        }""",
        CONTROLS,
    )
    wanted = page.evaluate(
        "[...document.querySelectorAll('[data-wanted]')].map((node) => node.dataset.wanted)"
    )
    assert wanted
    by_pointer_alone = page.evaluate(
        """(keys) => [...pressed].filter((node) => node.isConnected && !node.matches(keys))
          .map((node) => node.outerHTML.slice(0, 160))""",
        f"{CONTROLS}, {ALSO_BY_KEYS}, button",
    )
    assert by_pointer_alone == []
    met: set[str] = set()
    hidden: list[str] = []
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    for _ in range(2 * len(wanted) + 40):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
              const node = document.activeElement;
              if (node === document.body) return null;
              const style = getComputedStyle(node);
              return {
                name: node.type === "radio" ? `radio ${node.name}` : node.dataset.wanted ?? "",
                shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                html: node.outerHTML.slice(0, 120),
              };
            }"""
        )
        if here is None:
            continue
        met.add(here["name"])
        if not here["shown"]:
            hidden.append(here["html"])
        if met >= set(wanted):
            break
    missed = [
        page.evaluate(
            "(name) => [...document.querySelectorAll('[data-wanted]')]"
            ".find((node) => node.dataset.wanted === name)?.outerHTML.slice(0, 160)", name)
        for name in set(wanted) - met
    ]  # fmt: skip
    assert [one for one in missed if one] == []
    assert hidden == []
    _work(page)


KEYS = {
    "range": ("ArrowRight", "ArrowLeft"), "checkbox": ("Space", "Space"),
    "select-one": ("ArrowDown", "ArrowUp"), "number": ("ArrowUp", "ArrowDown"),
    "text": ("9", "Backspace"), "radio": ("ArrowDown", "ArrowUp"), "details": ("Enter", "Enter"),
}  # fmt: skip
"""By the kind of a control, what moves it and what moves it back; of details, one is enough."""
STATE = """(node) => {
  if (node.tagName === "SUMMARY") return String(node.parentNode.open);
  if (node.type === "checkbox") return String(node.checked);
  if (node.type !== "radio") return node.value;
  return document.querySelector(`[name="${node.name}"]:checked`)?.value ?? "";
}"""


def _work(page: Any) -> None:
    """Move every control in the page by its keys and see that it moved."""
    found = page.locator("main").locator("input:visible, select:visible, summary:visible")
    radios: set[str] = set()
    worked: list[str] = []
    for at in range(found.count()):
        control = found.nth(at)
        if not control.count() or not control.is_visible() or control.is_disabled():
            continue
        kind = control.evaluate("(node) => node.type ?? 'details'")
        name = control.evaluate("(node) => node.name ?? ''")
        if kind == "date":
            _type_a_day(page, control)
        if kind not in KEYS or name in radios or (kind == "details" and kind in worked):
            continue
        if kind == "select-one" and control.evaluate("(node) => node.options.length") < 2:
            continue
        if kind == "radio":
            radios.add(name)
            control = page.locator(f"[name='{name}']:checked")
        _move(page, control, kind)
        worked.append(kind)
    assert worked


def _move(page: Any, control: Any, kind: str) -> None:
    """Move a control by its keys, see that it moved, and move it back.

    An answer to what was moved before may come between a key and a look, and put a new node in the
    place of the old: then it is moved again. A control that no key moves fails every time.
    """
    for _ in range(5):
        before, moved = control.evaluate(STATE), control.element_handle()
        control.focus()
        if kind == "text":
            page.keyboard.press("End")
        for there, back in (KEYS[kind], KEYS[kind][::-1]):  # at its end: the other way
            page.keyboard.press(there)
            if moved.evaluate(STATE) != before:
                if page.evaluate("document.activeElement !== document.body"):
                    page.keyboard.press(back)
                return
        page.wait_for_timeout(300)
    raise AssertionError(moved.evaluate("(node) => node.outerHTML"))


@pytest.mark.parametrize("place", ["/duty", "/duty?view=ways"])
def test_what_is_unfolded_stays_so_when_an_answer_comes(visit: Visit, place: str) -> None:
    page = visit.go(place)
    fold = page.locator("main section details")
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    fold.evaluate("(node) => { node.dataset.old = 'yes'; }")
    page.evaluate(
        """() => {
          const inputs = [...document.querySelectorAll("main input")];
          const value = inputs.find((one) => one.value === "40000");
          value.value = "41000";
          value.dispatchEvent(new Event("change"));
        }"""
    )
    page.wait_for_selector("main section details:not([data-old])")
    assert fold.evaluate("(node) => node.open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def _type_a_day(page: Any, control: Any) -> None:
    """A day is typed; the box holds it, or has told it and is empty for the next."""
    before, address = control.input_value(), page.url
    control.focus()
    page.keyboard.type("20250510")
    page.keyboard.press("Tab")
    assert (control.input_value(), page.url) != (before, address)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_no_text_is_missing_in_either_language(visit: Visit, place: str, language: str) -> None:
    path, _, query = place.partition("?")
    page = visit.go(f"{path}?lang={language}&{query}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    visit.settle()
    assert page.evaluate("document.documentElement.lang") == language
    said = page.evaluate(
        """() => [document.title, document.body.innerText,
          ...[...document.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap(
            (node) => ["aria-label", "title", "placeholder"].map(
              (name) => node.getAttribute(name) ?? ""))]
          .join("\\n")"""
    )
    first = "|".join(
        sorted({re.escape(key.partition(".")[0]) for key in catalogue("en") if "." in key})
    )
    raw = re.findall(rf"(?<![\w./@-])(?:{first})\.[a-z_]+(?:[.-][a-z_]+)*(?![\w(@])", said)
    assert [key for key in raw if not re.search(r"\.(ca|gov|com|org|int|csv|yaml)\b", key)] == []
    assert re.findall(r"\{[a-z_]+\}", said) == []
    assert "undefined" not in said
    assert "NaN" not in said


def test_the_languages_have_the_same_texts_with_the_same_parts() -> None:
    english, french = (catalogue(language) for language in ("en", "fr"))
    mine = [
        key for key in english if key.startswith(("desk.", "jobs.", "studio.", "compare.", "card."))
    ]
    assert [key for key in mine if key not in french] == []
    parts = re.compile(r"\{(\w+)\}")
    assert [
        k for k in mine if set(parts.findall(english[k])) != set(parts.findall(french[k]))
    ] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", ROOMS)
def test_nothing_serious_is_found_by_axe(
    chromium: Any, address: str, room: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # The policy of the desk allows no script but its own: axe alone is let in beside it.
    found = Visit(chromium, address, bypass_csp=True, color_scheme=scheme)
    try:
        page = found.go(f"/{room}")
        page.evaluate(
            "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
        )
        found.settle()
        told = axe.Axe().run(page).response["violations"]
    finally:
        found.close()
    grave = [
        (one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:4]])
        for one in told
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_is_as_wide_as_the_screen(visit: Visit, room: str) -> None:
    page = visit.page
    for name, width in SIZES.items():
        page.set_viewport_size({"width": width, "height": 800})
        visit.go(f"/{room}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{room} on a {name} is {wide} wide"


def test_a_search_is_asked_followed_stopped_and_resumed_by_keyboard(visit: Visit) -> None:
    page = visit.go(PLAYED)
    page.get_by_role("button", name="Start the search").focus()
    page.keyboard.press("Enter")
    row = page.locator(".jobs li").first
    row.locator("progress:visible").wait_for(timeout=SLOW)
    row.locator("button:focus").wait_for(timeout=SLOW)  # its row has come into sight
    row.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    row.get_by_text("cancelled").wait_for(timeout=SLOW)
    row.get_by_role("button", name="Resume").focus()
    page.keyboard.press("Enter")
    page.locator(".big-finding").wait_for(timeout=2 * SLOW)
    assert "over the contest" in page.locator(".big-finding").inner_text()
    assert "done" in row.inner_text()
    # The address holds the job: opened anew, in French, it shows the same answer.
    gain = re.search(r"[+−]0.\d+", page.locator(".big-finding").inner_text())
    assert gain
    visit.go(page.url[len(visit.address) :].replace("?", "?lang=fr&"))
    page.locator(".big-finding").wait_for(timeout=SLOW)
    assert gain[0].replace(".", ",") in page.locator(".big-finding").inner_text()
    page.get_by_role("link", name="Ouvrir dans l’atelier de scénarios").click()
    page.locator(".headline .figure").first.wait_for(timeout=SLOW)
    assert "response=no-answer" in page.url
    assert "rates=" in page.url


def test_what_cannot_be_asked_is_said_beside_its_field(visit: Visit) -> None:
    visit.refusals = True
    page = visit.go("/response?objective=happiness")
    page.get_by_role("button", name="Start the search").click()
    wrong = page.locator(".field.wrong .field-error")
    wrong.wait_for(timeout=SLOW)
    assert "unknown objective “happiness”" in wrong.inner_text()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')").endswith(
        "-error"
    )
