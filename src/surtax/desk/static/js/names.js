// Names of authorities, kinds of events and places as the page says them.

export const authority = (t, code) => (t.has(`authority.${code}`) ? t(`authority.${code}`) : code);

export const kind = (t, code) => (t.has(`kind.${code}`) ? t(`kind.${code}`) : code);
