// Names of authorities, kinds of events and places as the page says them.

export const authority = (t, code) =>
  [`desk.authority.${code}`, `authority.${code}`].map((key) => t.has(key) && t(key)).find(Boolean) || code;

export const kind = (t, code) => (t.has(`kind.${code}`) ? t(`kind.${code}`) : code);

// Choices of places with the ones people ask about first.
export const placeChoices = (f, codes) => codes.map((code) => [code, f.place(code)]);
