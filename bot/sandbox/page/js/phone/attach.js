/** The paper clip: what one can send besides text. */
import { el } from "../base/dom.js";
import { field, openDialog } from "../base/dialog.js";
import { fullName } from "../base/format.js";
import { t } from "../base/i18n.js";
import { choose, openMenu } from "../base/popup.js";
import { sendMissing } from "./outgoing.js";

const PLACES = { latitude: 25.2048, longitude: 55.2708 };
const STICKERS = ["👍", "😀", "🐱", "🎉", "❤️", "🤒"];

export const filesOf = (transfer) => [...(transfer?.files ?? [])];

/** The hidden input behind the menu; tests may give it files directly. */
export function fileInput(composer) {
  const input = el("input", {
    type: "file",
    class: "sr-only",
    multiple: true,
    tabindex: "-1",
    "aria-hidden": "true",
    "data-testid": "file-input",
  });
  input.addEventListener("change", () => {
    const files = [...input.files];
    const { as } = input.dataset;
    input.value = "";
    delete input.dataset.as;
    if (files.length) composer.offer(files, as);
  });
  return input;
}

function pick(composer, as, accept) {
  const { files } = composer;
  files.accept = accept;
  files.multiple = as !== "voice";
  files.dataset.as = as;
  files.click();
}

export function attachMenu(composer, anchor) {
  const { conversation } = composer;
  const items = [
    {
      label: t("attachPhoto"),
      hint: t("attachPhotoHint"),
      icon: "photo",
      testid: "attach-photo",
      run: () => pick(composer, "photo", "image/*,video/*"),
    },
    {
      label: t("attachFile"),
      hint: t("attachFileHint"),
      icon: "file",
      testid: "attach-file",
      run: () => pick(composer, "document", ""),
    },
    {
      label: t("attachVoice"),
      hint: t("attachVoiceHint"),
      icon: "voice",
      testid: "attach-voice",
      run: () => pick(composer, "voice", "audio/*,.ogg,.oga,.opus"),
    },
    { label: t("attachBig"), hint: t("attachBigHint"), icon: "file", testid: "attach-big", run: () => sendMissing(composer) },
    { label: t("attachLocation"), icon: "place", testid: "attach-location", run: () => askPlace(composer) },
    { label: t("attachContact"), icon: "contact", testid: "attach-contact", run: () => sendContact(composer) },
    stickers(composer),
  ];
  openMenu(anchor, items, { label: t("attach"), dir: conversation.phone.device.dir, testid: "attach-menu" });
}

function stickers(composer) {
  const send = (emoji) => choose(() => composer.post({ sticker: { emoji } }));
  return el(
    "div",
    { class: "reaction-choices", role: "group", "aria-label": t("kind_sticker") },
    el("small", { class: "choices-title", text: t("kind_sticker") }),
    STICKERS.map((emoji) =>
      el("button", {
        type: "button",
        role: "menuitem",
        class: "reaction-choice",
        "data-testid": "attach-sticker",
        "aria-label": `${t("kind_sticker")} ${emoji}`,
        text: emoji,
        onclick: () => send(emoji),
      }),
    ),
  );
}

async function askPlace(composer) {
  const part = (name, limit) =>
    el("input", {
      class: "input",
      type: "number",
      step: "any",
      min: -limit,
      max: limit,
      required: true,
      value: PLACES[name],
      dir: "ltr",
    });
  const latitude = part("latitude", 90);
  const longitude = part("longitude", 180);
  const { closed } = openDialog({
    title: t("attachLocation"),
    over: composer.conversation.phone.device,
    body: [field(t("latitude"), latitude), field(t("longitude"), longitude)],
    buttons: [{ label: t("cancel") }, { label: t("send"), kind: "primary", value: "yes", testid: "confirm" }],
  });
  if ((await closed) === "yes")
    composer.post({ location: { latitude: latitude.valueAsNumber, longitude: longitude.valueAsNumber } });
  composer.focus();
}

/** The person's own card, with a number that belongs to nobody. */
function sendContact(composer) {
  const { world, person } = composer.conversation;
  const own = world.people.get(person);
  return composer.post({
    contact: { phone_number: `+1555${String(person).padStart(7, "0").slice(-7)}`, first_name: fullName(own), user_id: person },
  });
}
