/** The person's side of the sandbox over HTTP. Every function answers with parsed JSON or throws Refused. */

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

async function call(method, path, body) {
  const multipart = body instanceof FormData;
  const headers = body && !multipart ? { "Content-Type": "application/json" } : {};
  const payload = body && !multipart ? JSON.stringify(body) : body;
  const response = await fetch(`/sandbox${path}`, { method, headers, body: payload }).catch(() => {
    throw new Refused(0, "The sandbox does not answer.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, words(answer, response));
  return answer;
}

function words(answer, response) {
  if (typeof answer.error === "string") return answer.error;
  return answer.detail ? JSON.stringify(answer.detail) : `${response.status} ${response.statusText}`;
}

const get = (path) => call("GET", path);
const post = (path, body = {}) => call("POST", path, body);
const within = (chat) => `/chats/${encodeURIComponent(chat)}`;
const message = (chat, id) => `${within(chat)}/messages/${id}`;

export const state = () => get("/state?messages=500");

export const addPerson = (person) => post("/people", person);
export const changePerson = (id, changes) => call("PATCH", `/people/${id}`, changes);
export const addBot = (bot) => post("/bots", bot);
export const addGroup = (group) => post("/groups", group);
export const setMember = (chat, member, status, by) => post(`${within(chat)}/members`, { member, status, by });
export const migrate = (chat) => post(`${within(chat)}/migrate`);
export const addTopic = (chat, from, name) => post(`${within(chat)}/topics`, { from, name });
export const changeTopic = (chat, thread, changes) => call("PATCH", `${within(chat)}/topics/${thread}`, changes);
export const deleteTopic = (chat, thread, from) => call("DELETE", `${within(chat)}/topics/${thread}?from=${from}`);

export const say = (chat, body) => post(`${within(chat)}/messages`, body);
export const start = (chat, payload) => post(`${within(chat)}/start`, payload ? { payload } : {});
export const sendFiles = (chat, form) => post(`${within(chat)}/files`, form);
export const sendMissing = (chat, body) => post(`${within(chat)}/files`, body);
export const press = (chat, body) => post(`${within(chat)}/press`, { ...body, wait: 0 });
export const tap = (chat, body) => post(`${within(chat)}/tap`, body);
export const edit = (chat, id, body) => call("PATCH", message(chat, id), body);
export const remove = (chat, id, from) => call("DELETE", `${message(chat, id)}?from=${from}`);
export const react = (chat, id, from, emoji) => post(`${message(chat, id)}/reaction`, { from, emoji });
export const block = (chat, blocked) => post(`${within(chat)}/block`, { blocked });
export const stopDraft = (chat, draft, from) => post(`${within(chat)}/drafts/${draft}/stop`, { from });
export const openWebApp = (chat, body) => post(`${within(chat)}/webapp`, body);
export const webAppData = (chat, body) => post(`${within(chat)}/webapp/data`, body);
export const transcriptUrl = (chat, person, thread, format) =>
  `/sandbox${within(chat)}/transcript?person=${person}${thread ? `&thread=${thread}` : ""}&limit=1000&format=${format}`;

export const openedCall = (id) => get(`/calls/${id}`);
export const forgetCalls = () => call("DELETE", "/calls");
export const strict = () => get("/strict");
export const forgetStrict = () => call("DELETE", "/strict");
export const addFault = (fault) => post("/faults", fault);
export const removeFault = (id) => call("DELETE", id === undefined ? "/faults" : `/faults/${id}`);
export const settings = (changes) => call("PUT", "/settings", changes);
export const shiftClock = (seconds) => post("/clock", { shift: seconds });
export const reset = (keepPeople) => post("/reset", keepPeople ? { keep: "people" } : {});
