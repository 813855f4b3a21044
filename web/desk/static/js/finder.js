// Finds a label by words of its title or by the first letters of its pinyin; Enter takes the one that is marked.

const MOST = 8;

// 0 begins so, 1 has it, 2 has its letters in this order, 3 doesn't fit.
function rank([label, title, initials], part) {
  if (title.startsWith(part) || initials.startsWith(part)) return 0;
  if (title.toLowerCase().includes(part) || initials.includes(part) || label.includes(part)) return 1;
  let at = 0;
  for (const letter of initials) if (letter === part[at]) at += 1;
  return at === part.length ? 2 : 3;
}

function found(choices, words) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.length) return [];
  const ranked = choices.map((choice) => [choice, Math.max(...parts.map((part) => rank(choice, part)))]);
  return ranked.filter(([, worst]) => worst < 3).sort((a, b) => a[1] - b[1]).slice(0, MOST).map(([choice]) => choice);
}

function option([label, title], at) {
  const line = document.createElement("li");
  line.role = "option";
  line.textContent = title;
  line.dataset.label = label;
  line.setAttribute("aria-selected", String(at === 0));
  return line;
}

function take(form, label) {
  const button = document.createElement("button");
  Object.assign(button, { name: "label", value: label, hidden: true });
  form.append(button);
  form.requestSubmit(button);
}

function walk(list, step) {
  const lines = [...list.children];
  const here = lines.findIndex((line) => line.ariaSelected === "true");
  lines.forEach((line, at) => line.setAttribute("aria-selected", String(at === (here + step + lines.length) % lines.length)));
}

function watch(finder, choices) {
  const words = finder.querySelector("input");
  const list = finder.querySelector("ul");
  const form = document.getElementById(finder.dataset.finder);
  words.addEventListener("input", () => {
    list.replaceChildren(...found(choices, words.value).map(option));
    list.hidden = !list.children.length;
    words.setAttribute("aria-expanded", String(!list.hidden));
  });
  words.addEventListener("keydown", (event) => {
    if (event.isComposing || !["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    if (event.key !== "Enter") return walk(list, event.key === "ArrowDown" ? 1 : -1);
    const chosen = list.querySelector("[aria-selected=true]");
    if (chosen) take(form, chosen.dataset.label);
  });
  words.addEventListener("blur", () => setTimeout(() => (list.hidden = true), 200)); // after a click on a line
  words.addEventListener("focus", () => (list.hidden = !list.children.length));
  list.addEventListener("click", (event) => event.target.dataset.label && take(form, event.target.dataset.label));
}

export function watchFinders() {
  const data = document.getElementById("choices");
  if (!data) return;
  const choices = JSON.parse(data.textContent);
  for (const finder of document.querySelectorAll("[data-finder]")) watch(finder, choices);
}
