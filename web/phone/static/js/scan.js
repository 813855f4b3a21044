// Scans the QR code of a counter: its scene is what WeChat tells the account.

import { button, byId, element, icon } from "./elements.js";
import { close, open } from "./sheets.js";

let found;

export function ask(then) {
  found = then;
  open("scan");
}

export function start(counters, madeScenes) {
  const choose = (scene) => { close("scan"); found(scene); };
  const named = new Set(counters.map(({ scene }) => scene));
  const others = madeScenes.filter((scene) => !named.has(scene)).map((scene) => ({ scene, name: scene }));
  byId("scan-note").hidden = !counters.length && !others.length;
  byId("scenes").append(...[...counters, ...others].map((counter) => row(counter, choose)));
  byId("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const scene = byId("scene").value.trim();
    if (scene) choose(scene);
  });
}

function row({ scene, name }, choose) {
  const words = element("span", "row__name", name, element("span", "row__more", scene));
  return button("row", () => choose(scene), icon("scan"), words);
}
