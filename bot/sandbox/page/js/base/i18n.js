/** The page's own words in the reader's language. What people and bots write is never translated. */
import { TEXTS } from "./texts.js";
import { remember } from "./memory.js";

export const LANGUAGES = { en: "English", ru: "Русский", ar: "العربية" };
const ORDER = Object.keys(LANGUAGES);
const RTL = new Set(["ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"]);

export const language = () => document.documentElement.lang;

export function setLanguage(code) {
  document.documentElement.lang = code;
  document.documentElement.dir = isRtl(code) ? "rtl" : "ltr";
  remember("language", code);
}

/** Is a client with this language_code (such as "ar" or "fa-IR") laid out from right to left? */
export const isRtl = (code) => RTL.has((code ?? "").toLowerCase().split(/[-_]/)[0]);

/**
 * @param {string} key a key of TEXTS
 * @param {Record<string, string|number>} [values] fill `{name}` places; `n` also chooses the plural
 */
export function t(key, values = {}) {
  const row = TEXTS[key];
  if (!row) return key;
  const entry = row[ORDER.indexOf(language())] ?? row[0];
  const text = typeof entry === "string" ? entry : plural(entry, values.n ?? 0);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function plural(forms, n) {
  return forms[new Intl.PluralRules(language()).select(n)] ?? forms.other;
}
