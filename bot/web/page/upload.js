import { Gone, TooLarge, Upload } from "./tus.js";
import { LARGEST, MOST, packed } from "./zip.js";

const WORDS = JSON.parse(document.body.dataset.words);
const LIMIT = Math.min(Number(document.body.dataset.limit), LARGEST);
const BASE = location.pathname.replace(/\/$/, "");
const LOOSE = 20; // more files than that at once are a folder without a name
const list = document.querySelector("ul"), language = document.documentElement.lang;

const said = (name, values = {}) => WORDS[name].replace(/\{(\w+)\}/g, (_, key) => `\u2068${values[key]}\u2069`);
const number = (value, digits = 0) => new Intl.NumberFormat(`${language}-u-nu-latn`, { maximumFractionDigits: digits }).format(value);
const amount = (bytes) => (bytes < 1e9 ? `${number(bytes / 1048576, bytes < 1e7 ? 1 : 0)} MB` : `${number(bytes / 1073741824, 2)} GB`);

function node(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name; made.textContent = text;
  return made;
}

class Row {
  constructor(name) {
    this.item = node("li", "row"); this.bar = node("progress", "bar"); this.state = node("p", "state", said("preparing"));
    this.detail = node("p", "quiet"); this.acts = node("div", "acts");
    const title = node("p", "name", name); title.dir = "auto";
    this.state.setAttribute("role", "status");
    this.item.append(title, this.bar, this.state, this.detail, this.acts); list.prepend(this.item);
    this.marks = [];
  }

  say(name, values, bad = false) { this.state.textContent = said(name, values); this.state.classList.toggle("bad", bad); }

  show(offset, size) {
    const now = performance.now();
    this.marks = [...this.marks.filter(([when]) => now - when < 6000), [now, offset]];
    const [when, first] = this.marks[0], pace = (offset - first) / Math.max((now - when) / 1000, 0.3);
    this.bar.max = size; this.bar.value = offset;
    const parts = [said("progress", { done: amount(offset), all: amount(size) })];
    if (pace > 1000) parts.push(said("speed", { speed: amount(pace) }));
    if (pace > 1000 && offset < size) parts.push(said("left", { minutes: number(Math.max(1, Math.ceil((size - offset) / pace / 60))) }));
    this.detail.textContent = parts.join(" · ");
  }

  end(name, values, bad) { this.say(name, values, bad); this.acts.replaceChildren(); if (bad) this.bar.hidden = true; }

  offer(upload) {
    const pause = node("button", "", said("pause")), cancel = node("button", "", said("cancel"));
    pause.onclick = () => {
      upload.pause(!upload.paused);
      pause.textContent = said(upload.paused ? "resume" : "pause"); this.say(upload.paused ? "paused" : "sending");
    };
    cancel.onclick = async () => { await upload.cancel(); this.end("cancelled"); this.bar.hidden = true; };
    this.acts.replaceChildren(pause, cancel);
  }
}

async function send(name, blob, stamp, row) {
  if (blob.size === 0) { row.end("empty", {}, true); return; }
  if (blob.size > LIMIT) { row.end("too_large", { limit: amount(LIMIT) }, true); return; }
  const upload = new Upload({
    base: BASE, name, blob, stamp, told: (offset) => row.show(offset, blob.size),
    rests: (on) => row.say(on ? "waiting" : "sending"),
  });
  row.say("sending"); row.offer(upload);
  try {
    if (await upload.run()) { row.end("arrived"); row.item.dataset.arrived = "yes"; }
  } catch (error) {
    row.end(error instanceof Gone ? "expired" : error instanceof TooLarge ? "too_large" : "failed", { limit: amount(LIMIT) }, true);
  }
}

async function sendFolder(files) {
  const name = (files[0].webkitRelativePath.split("/")[0] || "files") + ".zip", row = new Row(name);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > LIMIT || files.length > MOST) { row.end("too_large", { limit: amount(LIMIT) }, true); return; }
  let read = 0;
  const blob = await packed(files, (bytes) => { read += bytes; row.bar.max = size; row.bar.value = read; });
  await send(name, blob, files.length, row);
}

async function chosen(files) {
  const kept = [...files].filter((file) => !/(^|\/)(\.DS_Store|Thumbs\.db)$/.test(file.webkitRelativePath || file.name));
  if (!kept.length) return;
  if (kept.length > LOOSE || kept[0].webkitRelativePath) { await sendFolder(kept); return; }
  for (const file of kept) await send(file.name, file, file.lastModified, new Row(file.name));
}

for (const input of document.querySelectorAll("input[type=file]")) {
  input.onchange = () => { const files = [...input.files]; input.value = ""; chosen(files).catch(() => new Row("").end("failed", {}, true)); };
}
for (const key of Object.keys(localStorage).filter((one) => one.startsWith(`${BASE}|`))) {
  new Row(key.split("|")[1]).end("unfinished", { name: key.split("|")[1] });
}
if (!("webkitdirectory" in HTMLInputElement.prototype) || /iPhone|iPad|Android/.test(navigator.userAgent)) {
  document.querySelector("#folder").closest("label").hidden = !/Android/.test(navigator.userAgent);
}
