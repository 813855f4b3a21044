// Teaching by keys; entities are marked by selecting their words.

const work = document.getElementById("work");
const other = document.getElementById("other");
const fresh = document.getElementById("new");

// Only the part that is used is sent: an empty "other" would stand beside the button that was pressed.
function use(fields, on) {
  for (const field of fields) field.disabled = !on;
}

function findOther() {
  use([other, document.getElementById("take-other")], true);
  other.focus();
}

function move() {
  const links = [...document.querySelectorAll(".teach__list li a")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  if (links.length) location.assign(links[(here + 1) % links.length].href);
}

function press(event) {
  const writing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (writing && event.key === "Escape") return writing.blur();
  if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) work.requestSubmit(button);
  else if (event.key === "Enter" && event.target === document.body) work?.querySelector('[data-key="1"]') && work.requestSubmit(work.querySelector('[data-key="1"]'));
  else if (event.key === "/") findOther();
  else if (event.key === "n" && fresh) fresh.open = true;
  else if (event.key === "s") move();
  else if (event.key === "u") document.getElementById("undo").requestSubmit();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

const marksOf = (words) => JSON.parse(document.getElementById(`marks_${words.dataset.sentence}`).value);

function draw(words) {
  const text = words.textContent;
  words.replaceChildren();
  let at = 0;
  for (const [kind, start, end] of marksOf(words).sort((a, b) => a[1] - b[1])) {
    words.append([...text].slice(at, start).join(""));
    const mark = document.createElement("mark");
    mark.textContent = [...text].slice(start, end).join("");
    mark.title = document.querySelector(`[data-kind="${kind}"]`)?.textContent ?? kind;
    words.append(mark);
    at = end;
  }
  words.append([...text].slice(at).join(""));
}

let selected;

function select() {
  const selection = getSelection();
  const words = selection.rangeCount ? selection.getRangeAt(0).startContainer.parentElement?.closest(".teach__words") : null;
  const inside = words && !selection.isCollapsed && words.contains(selection.getRangeAt(0).endContainer);
  selected = inside ? { words, ...offsets(words, selection.getRangeAt(0)) } : selected;
  document.getElementById("entities").hidden = !inside && !selected;
  document.getElementById("entities-hint").hidden = Boolean(inside || selected);
}

// Characters, as the server counts them, not UTF-16 units.
function offsets(words, range) {
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  return { start, end: start + [...range.toString()].length };
}

function mark(kind) {
  if (!selected) return;
  const { words, start, end } = selected;
  const field = document.getElementById(`marks_${words.dataset.sentence}`);
  const marks = marksOf(words).filter(([, from, to]) => to <= start || end <= from);
  if (kind) marks.push([kind, start, end]);
  field.value = JSON.stringify(marks);
  selected = undefined;
  getSelection().removeAllRanges();
  draw(words);
  select();
}

document.querySelectorAll(".teach__words").forEach(draw);
document.addEventListener("keydown", press, true);
document.addEventListener("mouseup", () => setTimeout(select));
document.getElementById("entities")?.addEventListener("mousedown", (event) => event.preventDefault());
document.getElementById("entities")?.addEventListener("click", (event) => event.target.dataset.kind !== undefined && mark(event.target.dataset.kind));
if (other) {
  use([other], true);
  other.addEventListener("input", () => use([document.getElementById("take-other")], other.value !== ""));
  work.addEventListener("submit", (event) => {
    if (event.submitter?.name === "label") use([other], false);
    else if (!fresh?.open) use(fresh?.querySelectorAll("input, textarea, select") ?? [], false);
  });
}
fresh?.addEventListener("toggle", () => {
  use(fresh.querySelectorAll("input, textarea, select, button"), fresh.open);
  if (fresh.open) fresh.querySelector("input").focus();
});
document.body.dataset.labelling = "1";
