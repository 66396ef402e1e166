// Runs before the first paint (a plain script, not a module): theme, language and direction, so that nothing flashes.
(() => {
  const query = new URLSearchParams(location.search);
  const stored = (name) => {
    try {
      return localStorage.getItem(`sandbox.${name}`);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = query.get("theme") ?? stored("theme") ?? (dark ? "dark" : "light");
  const wanted = [query.get("lang"), stored("language"), ...navigator.languages, "en"];
  const known = ["en", "ru", "ar"];
  root.lang = wanted.map((tag) => (tag ?? "").slice(0, 2).toLowerCase()).find((tag) => known.includes(tag));
  root.dir = root.lang === "ar" ? "rtl" : "ltr";
})();
