/** Who holds this phone: choose, add, change the client's language. */
import { el, fill, patch } from "../base/dom.js";
import { field, openDialog, select } from "../base/dialog.js";
import { fullName, languageName } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import { openMenu } from "../base/popup.js";
import * as api from "../world/api.js";
import { unreadOf } from "../world/unread.js";
import { avatar } from "./avatar.js";

const CODES = ["en", "ru", "ar", "es", "fr", "de", "tr", "uk", "he", "fa", "hi", "zh", "pt", "it", "ja"];
export const ROLES = ["patient", "coordinator"];

export class PersonBar {
  constructor(phone) {
    this.phone = phone;
    const side = phone.side;
    this.face = el("span", { class: "face" });
    this.chooser = el("select", {
      class: "input person",
      "data-testid": "person-select",
      id: `person-${side}`,
      "aria-label": t("whoHolds"),
    });
    this.language = el("select", {
      class: "input",
      "data-testid": "language-select",
      id: `language-${side}`,
      "aria-label": t("clientLanguage"),
      title: t("clientLanguage"),
    });
    this.chooser.addEventListener("change", () => phone.become(Number(this.chooser.value)));
    this.language.addEventListener("change", () => this.#setLanguage());
    const add = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "add-person",
        "aria-label": t("addPerson"),
        title: t("addPerson"),
        onclick: () => this.add(),
      },
      icon("add"),
    );
    this.more = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("personMenu"),
        title: t("personMenu"),
        "aria-haspopup": "menu",
        onclick: () => this.#menu(),
      },
      icon("more"),
    );
    this.node = el(
      "div",
      { class: "owner" },
      this.face,
      el(
        "div",
        { class: "owner-name" },
        el("span", { class: "owner-role", "aria-hidden": "true", text: t(side === "left" ? "phoneLeft" : "phoneRight") }),
        this.chooser,
      ),
      this.language,
      add,
      this.more,
    );
  }

  update() {
    const { world, person } = this.phone;
    const one = world.people.get(person);
    fill(this.face, one && avatar(fullName(one), one.id));
    this.#options(world, person);
    this.#languages(one?.language_code);
    patch(this.language, { disabled: !one });
    patch(this.more, { disabled: !one });
  }

  #options(world, chosen) {
    const roles = [...new Set([this.phone.role, ...[...world.people.values()].map(({ role }) => role)])];
    const groups = roles.map((role) => [role, [...world.people.values()].filter((person) => person.role === role)]);
    const sign =
      JSON.stringify(
        groups.map(([role, people]) => [role, people.map((one) => [one.id, fullName(one), unreadOf(world, one.id)])]),
      ) + chosen;
    if (this.signed === sign) return;
    this.signed = sign;
    const option = (one) =>
      el("option", {
        value: one.id,
        text: label(one, one.id === chosen ? 0 : unreadOf(world, one.id)),
        selected: one.id === chosen,
      });
    const group = ([role, people]) => people.length > 0 && el("optgroup", { label: roleName(role) }, people.map(option));
    fill(this.chooser, chosen === null && el("option", { value: "", text: t("nobody"), selected: true }), groups.map(group));
    patch(this.chooser, { disabled: world.people.size === 0 });
  }

  #languages(code) {
    if (this.language.dataset.code === code) return;
    this.language.dataset.code = code;
    const codes = code && !CODES.includes(code) ? [code, ...CODES] : CODES;
    fill(
      this.language,
      codes.map((one) => el("option", { value: one, text: languageName(one), lang: one, selected: one === code })),
    );
  }

  #setLanguage() {
    attempt(api.changePerson(this.phone.person, { language_code: this.language.value }));
  }

  /** Asks for a new person, who then holds this phone. */
  async add() {
    const person = await askPerson({ role: this.phone.role });
    if (!person) return;
    const made = await attempt(api.addPerson(person));
    if (!made) return;
    this.phone.world.people.set(made.id, made);
    this.phone.become(made.id);
    this.chooser.focus();
  }

  #menu() {
    const one = this.phone.world.people.get(this.phone.person);
    const change = (changes) => attempt(api.changePerson(one.id, changes));
    openMenu(
      this.more,
      [
        { label: t("editPerson"), icon: "edit", run: async () => change((await askPerson(one)) ?? {}) },
        {
          label: t(one.deactivated ? "reactivate" : "deactivate"),
          hint: t("deactivateHint"),
          icon: "block",
          run: () => change({ deactivated: !one.deactivated }),
        },
      ],
      { label: t("personMenu") },
    );
  }
}

const label = (one, news) =>
  [fullName(one), one.deactivated && `(${t("deactivated")})`, news > 0 && `(${news})`].filter(Boolean).join(" ");
export const roleName = (role) => (ROLES.includes(role) ? t(`role_${role}`) : role);

/** @param {object} one a Person, or its beginnings @returns {Promise<object|null>} */
async function askPerson(one) {
  const first = el("input", {
    class: "input",
    name: "first",
    required: true,
    maxlength: "64",
    dir: "auto",
    value: one.first_name,
    "data-testid": "new-name",
    autocomplete: "off",
  });
  const last = el("input", {
    class: "input",
    name: "last",
    maxlength: "64",
    dir: "auto",
    value: one.last_name,
    autocomplete: "off",
  });
  const code = select(
    CODES.map((tag) => [tag, languageName(tag)]),
    one.language_code ?? "en",
    { "data-testid": "new-language" },
  );
  const role = select(
    ROLES.map((name) => [name, roleName(name)]),
    one.role,
    { "data-testid": "new-role" },
  );
  const title = t(one.id ? "editPerson" : "addPerson");
  const { dialog, closed } = openDialog({
    title,
    testid: "person-dialog",
    body: [field(t("firstName"), first), field(t("lastName"), last), field(t("clientLanguage"), code), field(t("role"), role)],
    buttons: [{ label: t("cancel") }, { label: t(one.id ? "save" : "add"), kind: "primary", value: "yes", testid: "confirm" }],
  });
  first.focus();
  if ((await closed) !== "yes" || !dialog) return null;
  return {
    first_name: first.value.trim(),
    ...(last.value.trim() && { last_name: last.value.trim() }),
    language_code: code.value,
    role: role.value,
  };
}
