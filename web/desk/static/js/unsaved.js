// What is typed into a form marked data-keeps isn't lost to another button or a link of the page: the browser asks first.

let unsaved = null;

export function watchUnsaved() {
  document.addEventListener("input", (event) => {
    unsaved = event.target.closest("form[data-keeps]") || unsaved;
  });
  document.addEventListener("submit", (event) => {
    if (event.target === unsaved && !event.defaultPrevented) unsaved = null;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved?.isConnected) event.preventDefault();
  });
}
