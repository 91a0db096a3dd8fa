// Names of authorities, kinds of events and claims as the page says them.

// year: of the imports, which the name of what is collected without a measure tells.
export const authority = (t, code, year = "") =>
  (t.has(`authority.${code}`) ? t(`authority.${code}`, { year }) : code);

export const kind = (t, code) => (t.has(`kind.${code}`) ? t(`kind.${code}`) : code);

// A claim by its name in the language, or in capitals as its letters stand: USMCA.
export function claim(t, code) {
  const said = t.told(code);
  return said === code ? code.toUpperCase() : said;
}
