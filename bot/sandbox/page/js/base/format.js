/** Numbers, times and names as the reader's language writes them. */
import { language, t } from "./i18n.js";

const made = new Map();

function formatter(options) {
  const key = language() + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(language(), options));
  return made.get(key);
}

const at = (seconds) => new Date(seconds * 1000);

export const clockTime = (seconds) => formatter({ hour: "2-digit", minute: "2-digit" }).format(at(seconds));
export const longTime = (seconds) => formatter({ dateStyle: "full", timeStyle: "medium" }).format(at(seconds));
const SHORT_MOMENT = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
export const shortMoment = (seconds) => formatter(SHORT_MOMENT).format(at(seconds));
export const logTime = (seconds) =>
  formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false }).format(
    at(seconds),
  );
export const dayKey = (seconds) => at(seconds).toDateString();

/** A time in a chat list: today's clock time, else the day. */
export function listTime(seconds, now) {
  return dayKey(seconds) === dayKey(now)
    ? clockTime(seconds)
    : formatter({ day: "numeric", month: "short" }).format(at(seconds));
}

export function dayName(seconds, now) {
  if (dayKey(seconds) === dayKey(now)) return t("today");
  if (dayKey(seconds) === dayKey(now - 86400)) return t("yesterday");
  return formatter({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at(seconds));
}

export function fileSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes ?? 0;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit && value < 100 ? 1 : 0;
  const style = { style: "unit", unit: units[unit], unitDisplay: unit ? "short" : "long", maximumFractionDigits: digits };
  return new Intl.NumberFormat(language(), style).format(value);
}

export const number = (value) => new Intl.NumberFormat(language()).format(value);

export const fullName = ({ first_name: first, last_name: last, name }) => [first ?? name, last].filter(Boolean).join(" ");

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return (
    words
      .slice(0, 2)
      .map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0])
      .join("")
      .toUpperCase() || "•"
  );
}

/** Does dir="auto" lay this text out from right to left? */
export const startsRtl = (text) =>
  /^[\u061c\u200f\u0591-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc]/.test(/[\p{L}\u061c\u200e\u200f]/u.exec(text)?.[0] ?? "");

export const languageName = (code) => {
  try {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return name[0].toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
};
