// The account's menu: three columns that open upwards; arrows, Enter and Escape work.

import { button, byId, element, icon } from "./elements.js";

const bar = byId("menu");

export function show(menu, press) {
  bar.replaceChildren(...(menu?.button ?? []).map((column, index) => makeColumn(column, index, press)));
}

export function close() {
  for (const opened of bar.querySelectorAll("[aria-expanded=true]")) {
    opened.setAttribute("aria-expanded", "false");
    opened.nextElementSibling.hidden = true;
  }
}

function makeColumn(column, index, press) {
  const keys = column.sub_button ?? [];
  if (!keys.length) return element("div", "column", button("column__button", () => press(index, null), column.name));
  const head = button("column__button", () => toggle(head), icon("lines"), element("span", "", column.name));
  const list = element("ul", "keys", ...keys.map((key, row) => makeKey(key, () => { close(); press(index, row); })));
  head.setAttribute("aria-haspopup", "menu");
  head.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "menu");
  list.hidden = true;
  list.addEventListener("keydown", (event) => move(event, list, head));
  return element("div", "column", head, list);
}

function makeKey(key, press) {
  const made = button("key", press, key.name);
  made.setAttribute("role", "menuitem");
  const item = element("li", "", made);
  item.setAttribute("role", "none");
  return item;
}

function toggle(head) {
  const opening = head.getAttribute("aria-expanded") === "false";
  close();
  if (!opening) return;
  head.setAttribute("aria-expanded", "true");
  head.nextElementSibling.hidden = false;
  head.nextElementSibling.querySelector(".key").focus({ focusVisible: false });
}

function move(event, list, head) {
  const keys = [...list.querySelectorAll(".key")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    keys[(keys.indexOf(document.activeElement) + step + keys.length) % keys.length].focus();
  }
  if (event.key === "Escape") {
    close();
    head.focus();
  }
}

document.addEventListener("pointerdown", (event) => bar.contains(event.target) || close());
