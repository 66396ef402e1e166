/** A Mini App in a frame over the phone, and the messages that Telegram's own script exchanges with its client. */
import { el } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";

/**
 * @param {import("./conversation.js").Conversation} conversation
 * @param {object} what the request body: {url}, {message_id, row, column} or {menu: true}
 * @param {{text: string}} button
 * @param {{keyboard?: boolean}} [from] a keyboard button's app may send data back
 */
export async function openWebApp(conversation, what, button, { keyboard } = {}) {
  const { key, person, phone } = conversation;
  const launched = await attempt(api.openWebApp(key, { from: person, ...what }));
  if (!launched) return;
  const frame = el("iframe", {
    class: "web-app",
    src: launched.url,
    title: button.text,
    sandbox: "allow-scripts allow-forms allow-same-origin allow-popups allow-downloads allow-modals",
  });
  const main = el("button", {
    type: "button",
    class: "button primary wide",
    hidden: true,
    onclick: () => tell(frame, "main_button_pressed"),
  });
  const { dialog, closed } = openDialog({ title: button.text, body: [frame, main], over: phone.device, testid: "web-app" });
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    const { eventType, eventData } = parse(data);
    HEARD[eventType]?.({
      dialog,
      frame,
      main,
      data: parse(eventData),
      send: (value) => keyboard && api.webAppData(key, { from: person, button_text: button.text, data: value }),
    });
  };
  addEventListener("message", hear);
  await closed;
  removeEventListener("message", hear);
}

function parse(data) {
  if (typeof data !== "string") return data ?? {};
  try {
    return JSON.parse(data) ?? {};
  } catch {
    return {};
  }
}

const tell = (frame, eventType, eventData = {}) =>
  frame.contentWindow.postMessage(JSON.stringify({ eventType, eventData }), "*");

const HEARD = {
  web_app_close: ({ dialog }) => dialog.close(""),
  web_app_data_send: async ({ dialog, data, send }) => {
    await attempt(Promise.resolve(send(data.data)));
    dialog.close("");
  },
  web_app_request_theme: ({ frame }) => tell(frame, "theme_changed", { theme_params: theme() }),
  web_app_request_viewport: ({ frame }) =>
    tell(frame, "viewport_changed", {
      height: frame.clientHeight,
      width: frame.clientWidth,
      is_expanded: true,
      is_state_stable: true,
    }),
  web_app_setup_main_button: ({ main, data }) => {
    main.hidden = !data.is_visible;
    main.disabled = data.is_active === false;
    main.textContent = data.text ?? t("ok");
  },
  web_app_open_link: ({ data }) => /^https?:/.test(data.url ?? "") && open(data.url, "_blank", "noopener,noreferrer"),
};

function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    bg_color: colour("--surface"),
    text_color: colour("--text"),
    hint_color: colour("--muted"),
    link_color: colour("--accent"),
    button_color: colour("--accent-fill"),
    button_text_color: colour("--on-accent"),
    secondary_bg_color: colour("--ground"),
  };
}
