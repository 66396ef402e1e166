/** Modal dialogs on the browser's own <dialog>: it traps the focus, and Escape closes it. */
import { el, fresh } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

/**
 * @param {{title: string, body: Array<Node|string>, buttons?: Array<{label: string, kind?: string, value?: string, testid?: string, focused?: boolean}>,
 *          over?: HTMLElement, wide?: boolean, testid?: string, dir?: string}} parts `over`: centre it on this element
 * @returns {{dialog: HTMLDialogElement, closed: Promise<string>}} the pressed button's value, or "" when dismissed
 */
export function openDialog({ title, body, buttons = [], over, wide, testid, dir }) {
  const heading = fresh("dialog");
  const props = { class: wide ? "dialog wide" : "dialog", "aria-labelledby": heading, "data-testid": testid ?? "dialog", dir };
  const shut = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("close"), onclick: () => dialog.close("") },
    icon("close"),
  );
  const form = el(
    "form",
    { method: "dialog", class: "dialog-form" },
    el("header", { class: "dialog-head" }, el("h2", { id: heading, text: title, dir: "auto" }), shut),
    el("div", { class: "dialog-body" }, body),
    buttons.length > 0 &&
      el(
        "footer",
        { class: "dialog-foot" },
        buttons.map((button) => dialogButton(button, () => dialog.close(""))),
      ),
  );
  const dialog = el("dialog", props, form);
  const closed = new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    });
  });
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close(""));
  document.body.append(dialog);
  dialog.showModal();
  if (over) centre(dialog, over);
  return { dialog, closed };
}

/** A button without a value dismisses; Enter in a field presses the first one that has a value. */
function dialogButton({ label, kind = "", value = "", testid, focused }, dismiss) {
  const props = { class: `button ${kind}`, "data-testid": testid, autofocus: focused, text: label };
  return value
    ? el("button", { ...props, type: "submit", value })
    : el("button", { ...props, type: "button", onclick: dismiss });
}

function centre(dialog, over) {
  const box = over.getBoundingClientRect();
  if (!box.width) return;
  const own = dialog.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left + (box.width - own.width) / 2, innerWidth - own.width - 8));
  dialog.style.right = "auto";
  dialog.style.left = `${left}px`;
  dialog.style.margin = "auto 0";
}

/** @returns {Promise<boolean>} */
export async function confirm({ title, text, yes, danger, over, extra = [] }) {
  const buttons = [
    { label: t("cancel"), focused: danger },
    { label: yes, kind: danger ? "danger" : "primary", value: "yes", testid: "confirm", focused: !danger },
  ];
  const { closed } = openDialog({ title, body: [el("p", { text, dir: "auto" }), ...extra], buttons, over });
  return (await closed) === "yes";
}

/** One line of text, or null. */
export async function ask({ title, label, value = "", yes, over, pattern, hint }) {
  const input = el("input", { class: "input", value, required: true, dir: "auto", pattern, name: "answer" });
  const field = el("label", { class: "field" }, el("span", { text: label }), input, hint && el("small", { text: hint }));
  const buttons = [{ label: t("cancel") }, { label: yes, kind: "primary", value: "yes", testid: "confirm" }];
  const { closed } = openDialog({ title, body: [field], buttons, over });
  input.focus();
  input.select();
  return (await closed) === "yes" ? input.value : null;
}

/** A labelled field for dialogs and panels. */
export function field(label, control, hint) {
  return el("label", { class: "field" }, el("span", { text: label }), control, hint && el("small", { text: hint }));
}

export function select(options, chosen, props = {}) {
  return el(
    "select",
    { class: "input", ...props },
    options.map(([value, label]) => el("option", { value, text: label, selected: String(value) === String(chosen) })),
  );
}
