// One file to the server by tus 1.0: in pieces, each asked for first, so that it goes on after anything.
const PIECE = 8 * 1024 * 1024; // bytes in one request
const HEADERS = { "Tus-Resumable": "1.0.0" };
const LONGEST = 20000; // milliseconds between two tries
const SILENT = 120000; // milliseconds without a byte, after which a line is dead: some never say so
const PASSING = [409, 423, 429, 502, 503, 504]; // what is said while the server starts, or still holds the request that broke off

export class Gone extends Error {}
export class TooLarge extends Error {}
export class Failed extends Error {}

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const key = (base, name, blob, stamp) => `${base}|${name}|${blob.size}|${stamp}`;

function refused(status) {
  if (status === 404) return new Gone();
  if (PASSING.includes(status)) return new Error("later");
  return status === 413 ? new TooLarge() : new Failed();
}

async function asked(url, method, more = {}) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), SILENT);
  try { return await fetch(url, { method, headers: { ...HEADERS, ...more }, signal: stop.signal }); } finally { clearTimeout(timer); }
}

export class Upload {
  // `told(offset)` after every few bytes, `rests(true)` while there is no connection.
  constructor({ base, name, blob, stamp, told, rests }) {
    Object.assign(this, { base, name, blob, told, rests, key: key(base, name, blob, stamp), offset: 0, paused: false, ended: false });
  }

  async run() {
    this.url = localStorage.getItem(this.key);
    for (let tries = 0; !this.ended; ) {
      if (this.paused) { await this.wait(LONGEST, true); continue; }
      try {
        await this.place();
        this.rests(false);
        while (this.offset < this.blob.size && !this.paused && !this.ended) { await this.send(); tries = 0; }
        if (this.offset >= this.blob.size) { localStorage.removeItem(this.key); return true; }
      } catch (error) {
        if (error instanceof Gone || error instanceof TooLarge) { localStorage.removeItem(this.key); throw error; }
        if (error instanceof Failed && (tries += 1) > 8) throw error;
        if (!this.paused && !this.ended) { this.rests(true); await this.wait(Math.min(500 * 2 ** Math.min(tries += 1, 6), LONGEST)); }
      }
    }
    return false;
  }

  pause(on) { this.paused = on; if (on) this.request?.abort(); else this.wake?.(); }

  async cancel() {
    this.ended = true; this.request?.abort(); this.wake?.(); localStorage.removeItem(this.key);
    if (this.url) await asked(this.url, "DELETE").catch(() => {});
  }

  async place() {
    if (this.url) {
      const found = await asked(this.url, "HEAD");
      if (found.ok) { this.offset = Number(found.headers.get("Upload-Offset")); this.told(this.offset); return; }
      if (found.status !== 404) throw refused(found.status);
      this.url = null;
    }
    const about = { "Upload-Length": String(this.blob.size), "Upload-Metadata": `filename ${encoded(this.name)}` };
    const made = await asked(`${this.base}/files`, "POST", about);
    if (!made.ok) throw refused(made.status);
    this.url = made.headers.get("Location"); this.offset = 0;
    localStorage.setItem(this.key, this.url);
  }

  send() {
    return new Promise((done, failed) => {
      const request = (this.request = new XMLHttpRequest()), from = this.offset;
      request.open("PATCH", this.url);
      Object.entries({ ...HEADERS, "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" })
        .forEach(([name, value]) => request.setRequestHeader(name, value));
      let timer;
      const heard = () => { clearTimeout(timer); timer = setTimeout(() => request.abort(), SILENT); };
      request.upload.onprogress = (event) => { heard(); this.told(from + event.loaded); };
      request.onloadend = () => clearTimeout(timer);
      request.onload = () => {
        if (request.status !== 204) { failed(refused(request.status)); return; }
        this.offset = Number(request.getResponseHeader("Upload-Offset")); this.told(this.offset); done();
      };
      request.onerror = request.onabort = request.ontimeout = () => failed(new Error("connection"));
      request.send(this.blob.slice(from, from + PIECE));
      heard();
    });
  }

  wait(milliseconds, paused = false) {
    return new Promise((done) => {
      const timer = paused ? 0 : setTimeout(done, milliseconds);
      this.wake = () => { clearTimeout(timer); done(); };
      if (!paused) addEventListener("online", this.wake, { once: true });
    });
  }
}
