// Names of authorities, kinds of events and places as the page says them.

// year: of the imports, which the name of what is collected without a measure tells.
export const authority = (t, code, year = "") =>
  (t.has(`authority.${code}`) ? t(`authority.${code}`, { year }) : code);

export const kind = (t, code) => (t.has(`kind.${code}`) ? t(`kind.${code}`) : code);
