// The bar at the bottom: menu or keyboard, the line one writes on, the trays below it.

import { button, byId } from "./elements.js";
import { toEnd } from "./chat.js";
import { close as closeMenu } from "./menu.js";

// Faces that every system draws.
const SMILEYS = [..."😀😁😂😃😄😅😆😉😊😋😌😍😎😏😐😒😓😔😖😘😚😜😝😞😠😡😢😣😤😥😨😩😪😫😭😰😱😲😳😵"];
const bar = byId("bar"), form = byId("form"), text = byId("text"), swap = byId("swap");
const trays = { "open-plus": byId("plus"), "open-smileys": byId("smileys") };

export function start(write) {
  swap.addEventListener("click", () => setMode(bar.dataset.mode === "menu" ? "keyboard" : "menu"));
  for (const id of Object.keys(trays)) byId(id).addEventListener("click", () => openTray(id));
  text.addEventListener("input", grow);
  text.addEventListener("focus", () => matchMedia("(pointer: coarse)").matches && closeTrays());
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(write); });
  trays["open-smileys"].append(...SMILEYS.map((smiley) => button("smiley", () => insert(smiley), smiley)));
}

export function setMode(mode) {
  bar.dataset.mode = mode;
  swap.setAttribute("aria-label", mode === "menu" ? "切换到键盘" : "切换到菜单");
  swap.querySelector("use").setAttribute("href", mode === "menu" ? "#icon-keyboard" : "#icon-menu");
  closeMenu();
  closeTrays();
  if (mode === "keyboard") text.focus();
}

export const setFollowing = (following) => { bar.dataset.following = following ? "yes" : "no"; };

export function closeTrays() {
  for (const [id, tray] of Object.entries(trays)) {
    tray.hidden = true;
    byId(id).setAttribute("aria-expanded", "false");
  }
}

function openTray(id) {
  const opening = trays[id].hidden;
  closeTrays();
  trays[id].hidden = !opening;
  byId(id).setAttribute("aria-expanded", String(opening));
  toEnd();
}

export function type(words) {
  setMode("keyboard");
  text.value = words;
  grow();
}

async function submit(write) {
  const content = text.value;
  if (!content.trim()) return;
  text.value = "";
  grow();
  try {
    await write(content);
  } catch {
    text.value ||= content;
    grow();
  }
}

function insert(smiley) {
  text.setRangeText(smiley, text.selectionStart, text.selectionEnd, "end");
  grow();
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 124)}px`;
  text.style.overflowY = text.scrollHeight > 124 ? "auto" : "hidden";
  byId("send").hidden = !text.value.trim();
  byId("open-plus").hidden = Boolean(text.value.trim());
}
