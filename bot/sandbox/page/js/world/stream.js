/** The stream of events, and what happens when it breaks: say so, try again, load everything anew. */
import * as api from "./api.js";

const KINDS = [
  "message",
  "edited",
  "deleted",
  "chat",
  "typing",
  "draft",
  "reaction",
  "press",
  "call",
  "person",
  "bot",
  "fault",
  "settings",
  "clock",
  "violation",
  "reset",
];
const PAUSES = [500, 1000, 2000, 3000];

export class Stream {
  #source = null;
  #tries = 0;
  #timer = 0;

  /** @param {import("./world.js").World} world @param {(connected: boolean) => void} report */
  constructor(world, report) {
    this.world = world;
    this.report = report;
  }

  /** Loads the state, then listens. Never throws: it tries until it is connected. */
  async connect() {
    clearTimeout(this.#timer);
    this.#source?.close();
    try {
      this.world.load(await api.state());
      this.#listen();
    } catch (problem) {
      console.warn(problem.message);
      this.#lost();
    }
  }

  #listen() {
    const source = new EventSource(`/sandbox/events?after=${this.world.seq}`);
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.report(true);
    };
    source.onerror = () => source === this.#source && this.#lost();
    for (const kind of KINDS) source.addEventListener(kind, ({ data }) => this.#receive(kind, JSON.parse(data)));
  }

  #receive(kind, event) {
    if (kind === "reset") this.connect();
    else this.world.apply({ ...event, kind });
  }

  #lost() {
    this.#source?.close();
    this.#source = null;
    this.report(false);
    this.#timer = setTimeout(() => this.connect(), PAUSES[Math.min(this.#tries++, PAUSES.length - 1)]);
  }
}
