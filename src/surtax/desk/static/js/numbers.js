// Numbers as people read them in a language: a true minus sign, thousands by language, "pp" for
// changes of rates and "%" for levels and their changes, money with its currency and scale.

const NONE = "–";
const SCALES = [[1e12, "tn"], [1e9, "bn"], [1e6, "m"], [1e3, "k"]];
const SHORT = { en: { tn: "tn", bn: "bn", m: "m", k: "k" }, fr: { tn: "T", bn: "G", m: "M", k: "k" } };
const MONEY = {
  en: { CAD: "C$", USD: "US$", EUR: "€", CNY: "CN¥", MXN: "MX$" },
  fr: { CAD: "$ CA", USD: "$ US", EUR: "€", CNY: "¥", MXN: "$ MX" },
};

export function formats(language) {
  const kept = new Map();
  const plain = (value, digits) => {
    const key = digits;
    if (!kept.has(key)) {
      kept.set(key, new Intl.NumberFormat(language === "fr" ? "fr-CA" : "en-CA", {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }));
    }
    const text = kept.get(key).format(Math.abs(value));
    const zero = !/[1-9]/.test(text);
    return (value < 0 && !zero ? "−" : "") + text;
  };
  const gone = (value) => value === null || value === undefined || Number.isNaN(value);
  const number = (value, digits = 0) => (gone(value) ? NONE : plain(value, digits));
  const signed = (value, digits = 0) => {
    if (gone(value)) return NONE;
    const text = plain(value, digits);
    return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
  };
  const gap = "\u00a0";
  const unit = (text, name) => (text === NONE ? text : `${text}${gap}${name}`);
  const percent = (share, digits = 1) => unit(number(share === null ? null : 100 * share, digits), "%");
  const change = (share, digits = 1) => unit(signed(share === null ? null : 100 * share, digits), "%");
  const pp = (share, digits = 1) => unit(signed(share === null ? null : 100 * share, digits), "pp");
  const coin = (currency) => MONEY[language][currency] ?? currency;
  const sum = (text, currency, scale = "") => {
    if (text === NONE) return text;
    const small = scale ? SHORT[language][scale] : "";
    if (language === "fr") return `${text}${gap}${small}${coin(currency)}`;
    const sign = /^[−+]/.test(text) ? text[0] : "";
    const symbol = coin(currency);
    return `${sign}${symbol}${symbol.length > 3 ? gap : ""}${text.slice(sign.length)}${small ? gap + small : ""}`;
  };
  // Money to the cent, or in thousands, millions … with two or three significant digits.
  const money = (value, currency, digits = 2) => sum(number(value, digits), currency);
  const bigMoney = (value, currency, { sign = false, digits = null } = {}) => {
    if (gone(value)) return NONE;
    const [size, scale] = SCALES.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
    const scaled = value / size;
    const places = digits ?? (Math.abs(scaled) >= 100 || size === 1 ? 0 : 1);
    return sum((sign ? signed : number)(scaled, places), currency, scale);
  };
  const dates = (options) =>
    new Intl.DateTimeFormat(language === "fr" ? "fr-CA" : "en-GB", { timeZone: "UTC", ...options });
  const long = dates({ day: "numeric", month: "long", year: "numeric" });
  const short = dates({ day: "numeric", month: "short" });
  const month = dates({ month: "short", year: "numeric" });
  const at = (iso) => new Date(`${iso}T00:00:00Z`);
  const first = (text) => (language === "fr" ? text.replace(/^1 /, "1er ") : text);
  const day = (iso) => (iso ? first(long.format(at(iso))) : NONE);
  const regions = new Intl.DisplayNames(language, { type: "region", fallback: "code" });
  return {
    // The name of a country by its code; groups such as EU27 too.
    place: (code) => (/^[A-Z]{2}(27)?$/.test(code) ? regions.of(code.slice(0, 2)) : code),
    language, number, signed, percent, change, pp, money, bigMoney, day,
    dayShort: (iso) => (iso ? short.format(at(iso)) : NONE),
    month: (iso) => month.format(at(iso)),
    // A rate as the law writes it: 25 %, 6.25 %, 0 %.
    rate: (share) => percent(share, [0, 1, 2].find((d) => Math.abs(100 * share - Number((100 * share).toFixed(d))) < 1e-9) ?? 2),
    list: (names) => new Intl.ListFormat(language, { type: "conjunction" }).format(names),
  };
}
