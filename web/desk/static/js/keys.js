// One key for each deed, except where one writes.

const CLICKS = { c: "claim", e: "open-end", p: "open-pass", i: "open-picture", t: "go-tickets", l: "go-figures", m: "sound" };
const FOCUSES = { r: "text", n: "note", "/": "search" };

export function watchKeys() {
  document.getElementById("show-keys")?.addEventListener("click", () => document.getElementById("keys").showModal());
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("textarea, input, select");
    if (event.ctrlKey && event.key === "Enter" && writing?.form) return send(event, writing.form);
    if (writing && event.key === "Escape") return writing.blur();
    if (writing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    press(event);
  });
}

function send(event, form) {
  event.preventDefault();
  form.requestSubmit();
}

function press(event) {
  const { key } = event;
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (CLICKS[key]) document.getElementById(CLICKS[key])?.click();
  else if (FOCUSES[key]) document.getElementById(FOCUSES[key])?.focus();
  else if (key === "a") document.getElementById("canned")?.querySelector("summary").click();
  else if (key === "g") nextProposal();
  else if (key === "q") location.assign("/desk/");
  else if (key === "?") document.getElementById("keys").showModal();
  else return;
  event.preventDefault();
}

function nextProposal() {
  const proposals = document.getElementById("proposals");
  if (!proposals) return;
  proposals.open = true;
  const each = [...proposals.querySelectorAll(".canned__one")];
  each[(each.indexOf(document.activeElement) + 1) % each.length].focus();
}

function move(step) {
  const links = [...document.querySelectorAll("#queue a.entry__link, .table td a, .found a")];
  if (!links.length) return;
  const focused = links.indexOf(document.activeElement);
  const here = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
  links[here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1)].focus();
}
