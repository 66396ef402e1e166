/** Line icons, drawn here on a 24 by 24 grid. */

const PATHS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-5 16-3.500-6.500z M11.500 13.500L20 4",
  attach:
    "M20 11.500l-8 8a5 5 0 0 1-7-7l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.600-7.700",
  more: "M12 5v.01 M12 12v.01 M12 19v.01",
  slash: "M15 5L9 19",
  keys: "M3 7h18v10H3z M7 10.500v.01 M11 10.500v.01 M15 10.500v.01 M8 14h8",
  add: "M12 5v14 M5 12h14",
  close: "M6 6l12 12 M18 6L6 18",
  check: "M5 12.500l4.500 4.500L19 7.500",
  down: "M12 5v14 M6 13l6 6 6-6",
  reply: "M10 7L4 12l6 5v-3.500c5 0 8 1.500 10 4.500 0-5-3-9-10-9z",
  forward: "M14 7l6 5-6 5v-3.500c-5 0-8 1.500-10 4.500 0-5 3-9 10-9z",
  edit: "M5 19l.8-3.800L16 5l3 3L8.800 18.200z M14 7l3 3",
  bin: "M5 7h14 M9.500 7V5h5v2 M7 7l1 12h8l1-12 M10.500 10.500v5 M13.500 10.500v5",
  copy: "M9 9h10v10H9z M15 9V5H5v10h4",
  code: "M8.500 8L4 12l4.500 4 M15.500 8l4.500 4-4.500 4",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3z M12 15v5",
  photo: "M4 5h16v14H4z M4 16l4.500-5 4 4.500 2.500-2.500 5 4.500 M15.500 9v.01",
  file: "M7 3h7l4 4v14H7z M14 3v4h4 M10 12h5 M10 16h5",
  voice:
    "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4z M6.500 11.500a5.500 5.500 0 0 0 11 0 M12 17v3",
  place: "M12 21c4-5 6-8 6-11a6 6 0 0 0-12 0c0 3 2 6 6 11z M12 10v.01",
  smile: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17z M9 10v.01 M15 10v.01 M8.500 14c1.800 2.400 5.200 2.400 7 0",
  person: "M12 4a3.800 3.800 0 1 1 0 7.600A3.800 3.800 0 0 1 12 4z M4.500 20c1-4.500 4-6 7.500-6s6.500 1.500 7.500 6",
  group:
    "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z M3 19c.6-4 3-5.500 6-5.500s5.400 1.500 6 5.500 M16 6a2.600 2.600 0 0 1 0 5.200 M17.500 14c2 .6 3.200 2.300 3.500 5",
  block: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z M6.500 6.500l11 11",
  save: "M12 4v11 M7 11l5 5 5-5 M5 20h14",
  lock: "M6 11h12v9H6z M8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  moon: "M19 14.500A8 8 0 0 1 9.500 5 7.500 7.500 0 1 0 19 14.500z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8z M12 2.500v2 M12 19.500v2 M2.500 12h2 M19.500 12h2 M5.300 5.300l1.400 1.400 M17.300 17.300l1.400 1.400 M18.700 5.300l-1.400 1.400 M6.700 17.300l-1.400 1.400",
  log: "M4 5h16v14H4z M7.500 9.500l2.500 2.500-2.500 2.500 M12.500 14.500h4",
  reset: "M5 12a7 7 0 1 1 2 5 M4.500 18.500V14H9",
  help: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17z M9.700 9.500a2.400 2.400 0 1 1 3.300 2.300c-.7.300-1 .8-1 1.700 M12 16.500v.01",
  clock: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17z M12 7.500V12l3 2",
  link: "M14 5h5v5 M19 5l-8 8 M10 6H5v13h13v-5",
  app: "M4 4h7v7H4z M13 4h7v7h-7z M4 13h7v7H4z M13 13h7v7h-7z",
  stop: "M7 7h10v10H7z",
  eye: "M3 12c2.500-4.300 5.500-6 9-6s6.500 1.700 9 6c-2.500 4.300-5.500 6-9 6s-6.500-1.700-9-6z M12 9.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z",
  contact: "M5 3h14v18H5z M12 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z M8.500 17c.5-2.300 1.800-3 3.500-3s3 .7 3.500 3",
};
const DIRECTED = new Set(["back", "send", "reply", "forward"]);
const SPACE = "http://www.w3.org/2000/svg";

/** @param {keyof PATHS} name @returns {SVGElement} hidden from assistive technology: name the control itself */
export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}${DIRECTED.has(name) ? " flips" : ""}`);
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
