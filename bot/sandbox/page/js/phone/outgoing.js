/** Files on their way out: look at them, say how to send them, send. */
import { el } from "../base/dom.js";
import { field, openDialog, select } from "../base/dialog.js";
import { fileSize } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";

const PRETENDED = 21 * 1024 * 1024;
const ALBUM = 10;
const KINDS = ["document", "photo", "video", "voice", "audio", "animation", "video_note", "sticker"];

/**
 * Asks how to send the files and sends them.
 * @param {import("./composer.js").Composer} composer @param {File[]} files @param {string} [as] the kind that was asked for
 */
export async function offerFiles(composer, files, as) {
  const kind = select(
    KINDS.map((name) => [name, t(`as_${name}`)]),
    as ?? guess(files),
    { "data-testid": "send-as" },
  );
  const caption = el("textarea", { class: "input", rows: "2", dir: "auto", maxlength: "4096", "data-testid": "caption" });
  const big = el("input", { type: "checkbox", "data-testid": "pretend-big" });
  const apart = el("input", { type: "checkbox" });
  const urls = [];
  const body = [
    el(
      "ul",
      { class: "outgoing", role: "list" },
      files.map((file) => preview(file, urls)),
    ),
    field(t("sendAs"), kind),
    field(t("caption"), caption),
    el("label", { class: "check" }, big, el("span", { text: t("pretendBig") })),
    files.length > 1 && el("label", { class: "check" }, apart, el("span", { text: t("oneByOne") })),
  ];
  const buttons = [{ label: t("cancel") }, { label: t("send"), kind: "primary", value: "yes", testid: "attach-send" }];
  const { dialog, closed } = openDialog({
    title: t("sendFiles", { n: files.length }),
    body,
    buttons,
    over: composer.conversation.phone.device,
    testid: "outgoing",
  });
  caption.focus();
  caption.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    dialog.close("yes");
  });
  const answer = await closed;
  urls.forEach((url) => URL.revokeObjectURL(url));
  composer.focus();
  if (answer === "yes")
    await send(composer, files, { kind: kind.value, caption: caption.value.trim(), big: big.checked, apart: apart.checked });
}

const guess = (files) => {
  if (files.every(({ type }) => /^image\/(jpeg|png|webp)$/.test(type))) return "photo";
  if (files.every(({ type }) => type.startsWith("video/"))) return "video";
  return files.length === 1 && files[0].type.startsWith("audio/") ? "voice" : "document";
};

function preview(file, urls) {
  const name = el(
    "span",
    { class: "file-words" },
    el("span", { class: "file-name", text: file.name, dir: "auto" }),
    el("small", { text: fileSize(file.size) }),
  );
  if (!/^image\/(jpeg|png|webp|gif)$/.test(file.type))
    return el("li", { class: "file" }, el("span", { class: "file-face", "aria-hidden": "true" }, icon("file")), name);
  const url = URL.createObjectURL(file);
  urls.push(url);
  return el("li", { class: "file" }, el("img", { class: "thumb", src: url, alt: "" }), name);
}

/** Pictures that cannot be photos go as documents; more than ten make several albums. */
async function send(composer, files, { kind, caption, big, apart }) {
  const fits = (file) => kind !== "photo" || file.type.startsWith("image/");
  const lots = [
    [kind, files.filter(fits)],
    ["document", files.filter((file) => !fits(file))],
  ];
  const batches = lots.flatMap(([as, list]) => slices(list, apart ? 1 : ALBUM).map((batch) => [as, batch]));
  const reply = composer.takeReply();
  for (const [index, [as, batch]] of batches.entries()) {
    const form = await formOf(composer, as, batch, { caption: index === 0 ? caption : "", big, reply });
    composer.conversation.acts.took(await attempt(api.sendFiles(composer.conversation.key, form)));
  }
}

const slices = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));

async function formOf(composer, kind, files, { caption, big, reply }) {
  const { person, thread } = composer.conversation;
  const form = new FormData();
  form.append("kind", kind);
  form.append("from", person);
  if (caption) form.append("caption", caption);
  if (thread) form.append("message_thread_id", thread);
  if (reply.reply_to_message_id) form.append("reply_to_message_id", reply.reply_to_message_id);
  if (big) form.append("declared_size", PRETENDED);
  if (["voice", "audio"].includes(kind)) form.append("duration", await duration(files[0]));
  for (const file of files) form.append("file", file, file.name);
  return form;
}

/** Whole seconds, 1 when the browser cannot tell. */
function duration(file) {
  const url = URL.createObjectURL(file);
  const probe = el("audio", { preload: "metadata" });
  return new Promise((done) => {
    const finish = (seconds) => {
      URL.revokeObjectURL(url);
      done(Number.isFinite(seconds) ? Math.max(1, Math.round(seconds)) : 1);
    };
    probe.addEventListener("loadedmetadata", () => finish(probe.duration));
    probe.addEventListener("error", () => finish(NaN));
    setTimeout(() => finish(NaN), 1500);
    probe.src = url;
  });
}

/** A file that has no bytes here, only a size: bots cannot fetch it. */
export async function sendMissing(composer) {
  const name = el("input", { class: "input", required: true, value: "scan.pdf", dir: "auto" });
  const size = el("input", {
    class: "input",
    type: "number",
    min: "0",
    max: "4000",
    value: "21",
    required: true,
    dir: "ltr",
    "data-testid": "big-size",
  });
  const kind = select(
    KINDS.map((one) => [one, t(`as_${one}`)]),
    "document",
  );
  const { closed } = openDialog({
    title: t("attachBig"),
    over: composer.conversation.phone.device,
    body: [
      el("p", { class: "muted", text: t("attachBigHint") }),
      field(t("fileName"), name),
      field(t("megabytes"), size),
      field(t("sendAs"), kind),
    ],
    buttons: [{ label: t("cancel") }, { label: t("send"), kind: "primary", value: "yes", testid: "confirm" }],
  });
  if ((await closed) !== "yes") return composer.focus();
  const { key, person, thread, acts } = composer.conversation;
  const body = {
    from: person,
    kind: kind.value,
    file_name: name.value,
    declared_size: size.valueAsNumber * 1024 * 1024,
    ...(thread && { message_thread_id: thread }),
    ...composer.takeReply(),
  };
  acts.took(await attempt(api.sendMissing(key, body)));
  composer.focus();
}
