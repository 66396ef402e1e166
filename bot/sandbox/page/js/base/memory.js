/** What this browser keeps for itself: theme, language, what was read. Works without storage too. */

const fallback = new Map();

export function remember(name, value) {
  try {
    localStorage.setItem(`sandbox.${name}`, value);
  } catch {
    fallback.set(name, value);
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(`sandbox.${name}`);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export const rememberJson = (name, value) => remember(name, JSON.stringify(value));

export function recallJson(name, otherwise) {
  try {
    return JSON.parse(recall(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
