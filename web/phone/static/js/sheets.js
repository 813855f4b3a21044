// Sheets over the phone: native dialogs, laid exactly over its screen.

import { byId } from "./elements.js";

const phone = byId("phone");

function lay() {
  const box = phone.getBoundingClientRect();
  const edge = phone.clientLeft;
  const values = { left: box.left + edge, top: box.top + edge, width: phone.clientWidth, height: phone.clientHeight, radius: edge ? 40 : 0 };
  for (const [name, value] of Object.entries(values)) document.documentElement.style.setProperty(`--phone-${name}`, `${value}px`);
}

export function open(name) {
  lay();
  byId(`sheet-${name}`).showModal();
}

export const close = (name) => byId(`sheet-${name}`).close();

export function start() {
  addEventListener("resize", lay);
  for (const sheet of document.querySelectorAll(".sheet")) {
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
    });
  }
}
