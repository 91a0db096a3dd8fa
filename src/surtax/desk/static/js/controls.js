// Controls with their label, hint and error beside them. Each gives
//   { node, get(), set(value), error(words or null), disable(flag), focus() }
// and tells oninput(value) while it moves, onchange(value) when it has moved.

import { fill, h, s, uid } from "./dom.js";

export function field(id, { label, hint, className = "" }, control, { group = false } = {}) {
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const note = hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null;
  const title = group ? h("legend", {}, label) : h("label", { for: id }, label);
  const node = h(group ? "fieldset" : "div", { class: `field ${className}` }, title, note, control, error);
  const target = group ? node : node.querySelector(`#${id}`);
  const described = (wrong) =>
    [note && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(" ");
  const say = (message) => {
    error.hidden = !message;
    fill(error, message ?? "");
    node.classList.toggle("wrong", Boolean(message));
    if (!group) target.toggleAttribute("aria-invalid", Boolean(message));
    if (!group && message) target.setAttribute("aria-invalid", "true");
    const text = described(message);
    if (text) target.setAttribute("aria-describedby", text);
    else target.removeAttribute("aria-describedby");
  };
  say(null);
  return { node, error: say };
}

function simple(input, options, read, show, wrapped = input) {
  const framed = field(input.id, options, wrapped);
  input.addEventListener("input", () => options.oninput?.(read()));
  input.addEventListener("change", () => options.onchange?.(read()));
  return {
    ...framed,
    get: read,
    set: show,
    disable: (flag) => (input.disabled = flag),
    focus: () => input.focus(),
  };
}

// A slider with its value written beside it. `format` gives the words for a value; `mark` an extra
// node under the track. Page keys move ten steps.
export function slider(options) {
  const { min, max, step = 1, value, format = String, mark = null } = options;
  const input = h("input", { type: "range", id: uid("c"), min, max, step });
  const said = h("output", { for: input.id, class: "said" });
  const show = (next) => {
    input.value = next;
    fill(said, format(Number(input.value)));
    input.setAttribute("aria-valuetext", said.textContent);
  };
  input.addEventListener("input", () => show(input.value));
  const control = simple(
    input,
    { ...options, className: `slider ${options.className ?? ""}` },
    () => Number(input.value),
    show,
    h("div", { class: "track" }, input, mark, said),
  );
  show(value);
  return {
    ...control,
    bounds(low, high) {
      input.min = low;
      input.max = high;
      show(input.value);
    },
  };
}

// A slider over days, given and told as ISO dates.
export function daySlider(options) {
  const { min, max, value, format } = options;
  const wrapped = slider({
    ...options,
    min: toNumber(min),
    max: toNumber(max),
    value: toNumber(value),
    format: (number) => format(toDay(number)),
    oninput: (number) => options.oninput?.(toDay(number)),
    onchange: (number) => options.onchange?.(toDay(number)),
  });
  return {
    ...wrapped,
    get: () => toDay(wrapped.get()),
    set: (day) => wrapped.set(toNumber(day)),
    bounds: (low, high) => wrapped.bounds(toNumber(low), toNumber(high)),
  };
}

// Marks under a slider over days, one for each day on which something happened.
export function dayMarks(days, min, max) {
  const low = toNumber(min);
  const reach = toNumber(max) - low || 1;
  const path = days.map((day) => `M${((1000 * (toNumber(day) - low)) / reach).toFixed(1)} 0V8`).join("");
  return s("svg", { class: "marks", viewBox: "0 0 1000 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("path", { d: path }));
}

export const toNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 86400000);
export const toDay = (number) => new Date(number * 86400000).toISOString().slice(0, 10);

// choices: [[value, words], …] or [{ group: words, choices: [[value, words], …] }, …]
export function select(options) {
  const input = h("select", { id: uid("c") });
  const option = ([value, words]) => h("option", { value }, words);
  const offer = (choices) =>
    fill(input, choices.map((one) =>
      Array.isArray(one) ? option(one) : h("optgroup", { label: one.group }, one.choices.map(option)),
    ));
  offer(options.choices);
  const control = simple(input, options, () => input.value, (value) => (input.value = value));
  if (options.value !== undefined) input.value = options.value;
  return {
    ...control,
    offer(choices, value = input.value) {
      offer(choices);
      input.value = value;
    },
  };
}

export function text(options) {
  const { value = "", placeholder, suggest, mode, size, kind = "text" } = options;
  const input = h("input", {
    type: kind, id: uid("c"), placeholder, inputmode: mode, size, autocomplete: "off", spellcheck: "false",
    list: suggest && uid("l"),
  });
  const list = suggest && h("datalist", { id: input.getAttribute("list") },
    suggest.map(([one, words]) => h("option", { value: one }, words ?? "")));
  input.value = value;
  return simple(input, options, () => input.value.trim(), (next) => (input.value = next ?? ""),
    list ? h("div", {}, input, list) : input);
}

// A number, with its unit after it; told as a number, or null where the box is empty.
export function number(options) {
  const { min, max, step = "any", value = null, unit } = options;
  const input = h("input", { type: "number", id: uid("c"), min, max, step, inputmode: "decimal" });
  const read = () => (input.value === "" ? null : Number(input.value));
  const show = (next) => (input.value = next ?? "");
  show(value);
  return simple(input, options, read, show,
    unit ? h("div", { class: "with-unit" }, input, h("span", { class: "unit" }, unit)) : input);
}

// A day. While it is typed it is another one, of the year 2 or 20: none beyond the bounds is told.
export function date(options) {
  const { min = "1990-01-01", max = "2099-12-31" } = options;
  const input = h("input", { type: "date", id: uid("c"), min, max });
  input.value = options.value ?? "";
  const told = (value) => input.validity.valid && options.onchange?.(value);
  const control = simple(input, { ...options, onchange: told }, () => input.value, (next) => (input.value = next ?? ""));
  input.addEventListener("blur", () => control.error(input.validationMessage));
  return control;
}

export function flag(options) {
  const input = h("input", { type: "checkbox", id: uid("c") });
  input.checked = Boolean(options.value);
  const { label, hint } = options;
  const node = h("div", { class: "field flag" },
    h("label", { for: input.id }, input, h("span", {}, label)),
    hint && h("p", { class: "hint" }, hint));
  input.addEventListener("change", () => options.onchange?.(input.checked));
  return {
    node,
    get: () => input.checked,
    set: (value) => (input.checked = Boolean(value)),
    error: () => {},
    disable: (flag) => (input.disabled = flag),
    focus: () => input.focus(),
  };
}

// Several of several; told as a list in the order offered.
export function checks(options) {
  return group("checkbox", options, (inputs) => inputs.filter((one) => one.checked).map((one) => one.value));
}

// One of a few, all in sight.
export function radios(options) {
  return group("radio", options, (inputs) => inputs.find((one) => one.checked)?.value ?? "");
}

function group(kind, options, read) {
  const name = uid("g");
  let inputs = [];
  const box = h("div", { class: "choices" });
  const framed = field(name, { ...options, className: `group ${options.className ?? ""}` }, box, { group: true });
  const set = (value) => {
    const chosen = Array.isArray(value) ? value : [value];
    inputs.forEach((one) => (one.checked = chosen.includes(one.value)));
  };
  const offer = (choices, value = read(inputs)) => {
    fill(box, choices.map(([one, words, note]) =>
      h("label", {}, h("input", { type: kind, name, value: one }),
        h("span", {}, words, note && h("small", {}, note)))));
    inputs = [...box.querySelectorAll("input")];
    inputs.forEach((one) => one.addEventListener("change", () => options.onchange?.(read(inputs))));
    set(value);
  };
  offer(options.choices, options.value ?? []);
  return {
    ...framed,
    get: () => read(inputs),
    set,
    offer,
    disable: (flag) => inputs.forEach((one) => (one.disabled = flag)),
    focus: () => inputs[0]?.focus(),
  };
}

export const button = (label, onclick, { kind = "", title } = {}) =>
  h("button", { type: "button", class: kind, onclick, title }, label);

// Put an error of the server beside the control of its field; false where no control has it.
export function blame(controls, error, t) {
  Object.values(controls).forEach((control) => control.error(null));
  const control = error && controls[error.field];
  if (control) {
    control.error(t.wrong(error));
    const folded = control.node.closest("details:not([open])");
    if (folded) folded.open = true;
  }
  return Boolean(control);
}
