// Teaching by keys: one key says what a group means, and the next group comes.

import { watchFinders } from "./finder.js";
import { isMarking, watchMarking } from "./marking.js";

const work = document.getElementById("work");
const fresh = document.getElementById("new");
const GOES = { r: "/desk/labelling/second", d: "/desk/labelling/change" };

function move(step) {
  const links = [...document.querySelectorAll(".teach__list li a")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  if (links.length) location.assign(links[(here + step + links.length) % links.length].href);
}

function press(event) {
  const writing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (writing && event.key === "Escape") return writing.blur();
  if (writing && event.ctrlKey && event.key === "Enter" && fresh?.open) return work.requestSubmit();
  if (writing || isMarking() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!deed(event.key, event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Whether the key is one of ours.
function deed(key, target) {
  const first = key === "Enter" && target === document.body ? "1" : key;
  const button = work?.querySelector(`[data-key="${CSS.escape(first)}"]`);
  if (button) work.requestSubmit(button);
  else if (key === "/") document.getElementById("other")?.focus();
  else if (key === "n" && fresh) fresh.open = !fresh.open;
  else if (key === "s" || key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "u") document.getElementById("undo")?.requestSubmit();
  else if (GOES[key]) location.assign(GOES[key]);
  else return false;
  return true;
}

// Only the part that is used is sent: half a new question would stand beside the label that was chosen.
function use(on) {
  for (const field of fresh.querySelectorAll("input, textarea, select, button")) field.disabled = !on;
}

const field = (name) => fresh.querySelector(`[name=${name}]`);

// How many sentences a new question has, and how many it needs.
function count() {
  const topic = field("topic").value === "";
  const needs = Number(document.getElementById("enough").dataset[topic ? "topic" : "question"]);
  const taken = work.querySelectorAll("[name^=take_]:checked:not(:disabled)").length;
  const has = taken + field("also").value.split("\n").filter((line) => line.trim()).length;
  const title = document.getElementById("title-of");
  title.textContent = title.dataset[topic ? "topic" : "question"];
  document.getElementById("enough").textContent = has >= needs ? `有 ${has} 种问法，够了（至少 ${needs} 种）。` : `现在有 ${has} 种问法，至少要 ${needs} 种才学得会，还差 ${needs - has} 种。可以先保存，以后再补。`;
}

function watchNew() {
  fresh.addEventListener("toggle", () => {
    use(fresh.open);
    count();
    if (fresh.open) field("topic").focus();
  });
  for (const each of [fresh, work]) each.addEventListener("input", () => fresh.open && count());
  work.addEventListener("submit", (event) => event.submitter?.name === "label" && use(false));
  if (fresh.open) count();
}

document.addEventListener("keydown", press, true);
watchFinders();
watchMarking();
if (fresh && work) watchNew();
const here = document.querySelector(".teach__list [aria-current]");
if (here) here.closest("ol").scrollTop = here.offsetTop - here.closest("ol").offsetTop - 60; // the list alone, not the page
document.body.dataset.labelling = "1";
