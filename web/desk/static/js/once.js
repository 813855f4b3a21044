// A form pressed twice is sent once; a while later, or when one comes back to the page, it may be sent again.

const AGAIN_AFTER = 5000; // milliseconds

export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (Date.now() - Number(form.dataset.sent || 0) < AGAIN_AFTER) event.preventDefault();
    else form.dataset.sent = String(Date.now());
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
