// The shell: rooms as tabs, language, theme, keys, and the address as the state.

import * as api from "./api.js";
import { fill, h } from "./dom.js";
import * as keys from "./keys.js";
import { formats } from "./numbers.js";
import { cleaned, read, write } from "./state.js";
import { load } from "./words.js";

const ROOMS = ["day", "duty", "studio", "response", "compare", "card"];
const TABS = ROOMS.filter((name) => name !== "card");
const LANGUAGES = ["en", "fr"];
const THEMES = ["system", "light", "dark"];
const SHELL = { lang: { type: "choice", choices: LANGUAGES, default: "en" } };

const live = h("p", { class: "hidden", "aria-live": "polite", role: "status" });
let shown = null; // { room, spec, state, mounted, lang, listeners, keys }
let moving = false;

const roomOf = (path) => (ROOMS.includes(path.slice(1)) ? path.slice(1) : "day");

const address = (room, state, spec, lang) => {
  const parts = [write({ lang }, SHELL), write(state, spec)].filter(Boolean).join("&");
  return `/${room}${parts && `?${parts}`}`;
};

const specOf = async ({ spec }) => (typeof spec === "function" ? spec(api) : spec);

// What a room gets to work with.
function context(room, t, lang) {
  return {
    t, api, language: lang, f: formats(lang),
    get: () => ({ ...shown.state }),
    // Change the state. While a control moves, its entry in the history is rewritten; done ends it.
    set(patch, { done = true } = {}) {
      const state = cleaned({ ...shown.state, ...patch }, shown.spec);
      const next = address(room, state, shown.spec, lang);
      shown.state = state;
      if (next !== location.pathname + location.search) {
        history[moving ? "replaceState" : "pushState"](null, "", next);
      }
      moving = !done;
      tell();
    },
    onState(listener) {
      shown.listeners.add(listener);
      return () => shown.listeners.delete(listener);
    },
    // The address of another room, or of this one, in a state.
    link: async (other, patch) => address(other, patch, await specOf(await import(`./rooms/${other}.js`)), lang),
    go: (path) => {
      history.pushState(null, "", path);
      return show();
    },
    // Say something to those who do not see the page change.
    say: (text) => fill(live, text),
    key: (letter, words, act) => shown.keys.push(keys.key(letter, words, act)),
  };
}

function tell() {
  shown.mounted?.update?.({ ...shown.state });
  shown.listeners.forEach((listener) => listener({ ...shown.state }));
}

async function show() {
  const room = roomOf(location.pathname);
  const lang = read(location.search, SHELL).lang;
  if (shown && shown.room === room && shown.lang === lang && shown.mounted) {
    shown.state = read(location.search, shown.spec);
    tell();
    return;
  }
  shown?.mounted?.destroy?.();
  shown?.keys.forEach((forget) => forget());
  const t = await load(lang);
  document.documentElement.lang = lang;
  const root = h("main", { id: "main", tabindex: "-1", class: `room ${room}` });
  const mine = { room, lang, spec: {}, state: {}, mounted: null, listeners: new Set(), keys: [] };
  shown = mine;
  document.title = `${t(`desk.room.${room}`)} · surtax`;
  fill(document.body, frame(room, t, lang, root));
  document.querySelector("nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  try {
    const module = await import(`./rooms/${room}.js`);
    if (shown !== mine) return;
    mine.spec = await specOf(module);
    mine.state = read(location.search, mine.spec);
    const mounted = await module.mount(root, context(room, t, lang));
    if (shown !== mine) mounted?.destroy?.();
    else {
      mine.mounted = mounted;
      tell();
    }
  } catch (error) {
    if (shown !== mine) return;
    fill(root, h("p", { class: "notice wrong", role: "alert" }, [t("desk.no_room"), t.wrong(error)]));
    if (!(error instanceof api.ApiError)) throw error;
  }
}

function frame(room, t, lang, root) {
  const to = (path) => (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (path() === location.pathname + location.search) return;
    history.pushState(null, "", path());
    show().then(() => document.getElementById("main").focus({ preventScroll: false }));
  };
  const tab = (name) => {
    const path = () => address(name, {}, {}, lang);
    return h("a", { href: path(), "aria-current": name === room ? "page" : null, onclick: to(path) },
      t(`desk.room.${name}`));
  };
  const other = LANGUAGES.find((one) => one !== lang);
  const speak = () => address(room, shown.state, shown.spec, other);
  const language = h("a", {
    href: speak(), lang: other, hreflang: other, class: "plain", onclick: to(speak),
  }, t("desk.other_language"));
  const help = keys.dialog(t);
  const theme = h("button", { type: "button", class: "plain", onclick: () => turn(1) });
  const turn = (by) => {
    const now = keys.remember("surtax-theme") ?? "system";
    const next = THEMES[(Math.max(0, THEMES.indexOf(now)) + by) % THEMES.length];
    if (by) keys.remember("surtax-theme", next);
    document.documentElement.dataset.theme = next;
    fill(theme, t(`desk.theme.${next}`));
  };
  turn(0);
  TABS.forEach((name, at) => keys.key(String(at + 1), t(`desk.room.${name}`), () => shown.room !== name && go(address(name, {}, {}, lang))));
  keys.key("l", t("desk.other_language"), () => go(speak()));
  keys.key("d", t("desk.theme"), () => turn(1));
  keys.key("?", t("desk.keys"), () => help.open());
  if (room === "card") return [root, live];
  return [
    h("a", { class: "skip", href: "#main", onclick: (event) => {
      event.preventDefault();
      root.focus();
    } }, t("desk.skip")),
    h("header", { class: "shell" },
      h("a", { class: "brand", href: address("day", {}, {}, lang), onclick: to(() => address("day", {}, {}, lang)) }, "surtax"),
      h("nav", { "aria-label": t("desk.rooms") }, TABS.map(tab)),
      h("div", { class: "tools" }, language, theme,
        h("button", { type: "button", class: "plain", onclick: () => help.open() }, t("desk.keys")))),
    root, live, help.node,
  ];
}

function go(path) {
  history.pushState(null, "", path);
  return show();
}

document.documentElement.dataset.theme = keys.remember("surtax-theme") ?? "system";
keys.listen();
addEventListener("popstate", () => {
  moving = false;
  show();
});
show();
