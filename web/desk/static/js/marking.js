// Entities are marked by selecting their words: with the mouse, a finger, or the arrow keys after `e`.

let selected; // what the mouse has selected
let caret; // { words, start, end } while one marks by keys; offsets count characters as the server does, not UTF-16 units

const all = () => [...document.querySelectorAll(".teach__words")];
const letters = (words) => [...words.textContent];
const fieldOf = (words) => document.getElementById(`marks_${words.dataset.sentence}`);
const marksOf = (words) => JSON.parse(fieldOf(words).value);

export const isMarking = () => Boolean(caret);

function draw(words) {
  const text = letters(words);
  const cuts = marksOf(words).map(([kind, start, end]) => ({ kind, start, end }));
  if (caret?.words === words) cuts.push({ caret: true, start: caret.start, end: caret.end });
  const edges = [...new Set([0, text.length, ...cuts.flatMap((cut) => [cut.start, cut.end])])].sort((a, b) => a - b);
  words.replaceChildren(...edges.slice(0, -1).map((edge, at) => piece(text.slice(edge, edges[at + 1]).join(""), cuts.filter((cut) => cut.start <= edge && edges[at + 1] <= cut.end))));
}

function piece(text, cuts) {
  if (!cuts.length) return document.createTextNode(text);
  const mark = document.createElement("mark");
  mark.textContent = text;
  const kind = cuts.find((cut) => cut.kind)?.kind;
  if (kind) mark.title = document.querySelector(`[data-kind="${kind}"]`)?.lastChild.textContent.trim() ?? kind;
  mark.classList.toggle("teach__caret", cuts.some((cut) => cut.caret));
  return mark;
}

function put(kind) {
  const target = caret ?? selected;
  if (!target) return;
  const { words, start, end } = target;
  const marks = marksOf(words).filter(([, from, to]) => to <= start || end <= from);
  if (kind) marks.push([kind, start, end]);
  fieldOf(words).value = JSON.stringify(marks);
  selected = undefined;
  getSelection().removeAllRanges();
  draw(words);
  show();
}

function show() {
  const on = Boolean(caret ?? selected);
  document.getElementById("entities").hidden = !on;
  document.getElementById("entities-hint").hidden = on;
  document.getElementById("marking-hint").hidden = !caret;
}

function select() {
  const selection = getSelection();
  const range = selection.rangeCount ? selection.getRangeAt(0) : null;
  const words = range?.startContainer.parentElement?.closest(".teach__words");
  const inside = words && !selection.isCollapsed && words.contains(range.endContainer);
  selected = inside ? { words, ...offsets(words, range) } : undefined;
  show();
}

function offsets(words, range) {
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  return { start, end: start + [...range.toString()].length };
}

function begin(words) {
  const before = caret?.words;
  caret = words ? { words, start: 0, end: 1 } : undefined;
  for (const each of [before, words]) if (each) draw(each);
  show();
}

function step(by, longer) {
  const last = letters(caret.words).length;
  if (longer) caret.end = Math.min(last, Math.max(caret.start + 1, caret.end + by));
  else caret.start = Math.min(last - 1, Math.max(0, (by > 0 ? caret.end - 1 : caret.start) + by));
  if (!longer) caret.end = caret.start + 1;
  draw(caret.words);
}

function line(by) {
  const every = all();
  begin(every[(every.indexOf(caret.words) + by + every.length) % every.length]);
}

function press(event) {
  const writing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || (!caret && event.key !== "e")) return;
  const { key } = event;
  const button = /^[0-9]$/.test(key) && [...document.querySelectorAll("[data-kind]")].at(key === "0" ? -1 : Number(key) - 1);
  if (!caret) begin(all()[0]);
  else if (key === "Escape" || key === "Enter" || key === "e") begin(undefined);
  else if (key === "ArrowLeft" || key === "ArrowRight") step(key === "ArrowRight" ? 1 : -1, event.shiftKey);
  else if (key === "ArrowUp" || key === "ArrowDown") line(key === "ArrowDown" ? 1 : -1);
  else if (key === " ") document.getElementById(fieldOf(caret.words).id.replace("marks_", "take_")).click();
  else if (button) put(button.dataset.kind);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

export function watchMarking() {
  const entities = document.getElementById("entities");
  if (!entities) return;
  all().forEach(draw);
  document.addEventListener("keydown", press, true);
  document.addEventListener("selectionchange", () => getSelection().isCollapsed || select());
  document.addEventListener("mouseup", () => setTimeout(select));
  entities.addEventListener("mousedown", (event) => event.preventDefault());
  entities.addEventListener("click", (event) => put(event.target.closest("[data-kind]")?.dataset.kind));
}
