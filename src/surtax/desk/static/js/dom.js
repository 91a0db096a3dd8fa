// Elements in one line: h("p", {class: "soft"}, "text"). Styles go through the object model, since
// the content policy allows no style attribute.

const SVG = "http://www.w3.org/2000/svg";

export const h = (tag, attributes, ...children) =>
  dress(document.createElement(tag), attributes, children);

export const s = (tag, attributes, ...children) =>
  dress(document.createElementNS(SVG, tag), attributes, children);

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") {
      for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    } else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...flat(children));
  return node;
}

const flat = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

// Put other children in the place of those a node has.
export function fill(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

const folds = (node) => {
  const met = {};
  return [...node.querySelectorAll("details")].map((one) => {
    const words = one.querySelector("summary").textContent;
    met[words] = (met[words] ?? 0) + 1;
    return [`${words} ${met[words]}`, one];
  });
};

// Put a new answer in the place of the last: what a person has unfolded, and its focus, stay.
export function renew(node, ...children) {
  const before = new Map(folds(node));
  const [at] = [...before].find(([, one]) => one.querySelector("summary") === document.activeElement) ?? [];
  fill(node, ...children);
  for (const [key, one] of folds(node)) {
    if (before.get(key)?.open) one.open = true;
    if (key === at) one.querySelector("summary").focus({ preventScroll: true });
  }
  return node;
}

let last = 0;
export const uid = (prefix = "i") => `${prefix}${++last}`;
