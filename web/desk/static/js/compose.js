// Writing an answer: the count, the draft that a reload doesn't lose, canned answers.

const MOST = 600;
const key = (text) => `desk-draft:${text.dataset.draft}`;

export function watchCompose() {
  begin();
  document.body.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "compose" && begin());
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const text = document.getElementById("text");
    if (text && event.detail.target?.id === "compose" && !event.detail.serverResponse.includes('role="alert"')) sessionStorage.removeItem(key(text));
  });
  document.body.addEventListener("htmx:sseBeforeMessage", (event) => event.detail.type === "proposals" && !changes(event.detail.data) && event.preventDefault());
  document.body.addEventListener("input", (event) => event.target.id === "text" && changed(event.target));
  document.body.addEventListener("click", (event) => {
    const canned = event.target.closest?.(".canned__one");
    if (canned) insert(canned.dataset.text);
  });
}

// The same proposals again would only take the focus away, and open what one has closed.
function changes(data) {
  const fresh = document.createElement("template");
  fresh.innerHTML = data;
  const words = (node) => node.textContent.replace(/\s+/g, "");
  const shown = document.getElementById("proposed");
  return !shown || words(fresh.content) !== words(shown);
}

function begin() {
  const text = document.getElementById("text");
  if (!text) return;
  text.value ||= sessionStorage.getItem(key(text)) ?? "";
  changed(text);
  const proposals = document.getElementById("proposals");
  if (proposals && matchMedia("(max-width: 760px)").matches) proposals.open = false;
  text.focus({ preventScroll: true });
}

function changed(text) {
  const length = [...text.value.trim()].length;
  const count = document.getElementById("characters");
  count.textContent = `${length} / ${MOST}`;
  count.classList.toggle("compose__count_over", length > MOST);
  if (text.value) sessionStorage.setItem(key(text), text.value);
  else sessionStorage.removeItem(key(text));
}

function insert(words) {
  const text = document.getElementById("text");
  text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  for (const list of ["canned", "proposals"]) if (document.getElementById(list)) document.getElementById(list).open = false;
  changed(text);
  text.focus();
}
