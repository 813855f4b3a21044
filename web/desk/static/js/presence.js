// The session runs as long as somebody is there: moving the mouse or typing counts, an open page alone doesn't.

const EVERY_MS = 60_000;

export function stayPresent() {
  const token = document.getElementById("desk")?.dataset.token;
  let told = Date.now();
  const tell = async () => {
    if (Date.now() - told < EVERY_MS) return;
    told = Date.now();
    const answer = await fetch("/desk/here", { method: "POST", headers: { "X-CSRF-Token": token } }).catch(() => null);
    if (answer?.status === 401) location.assign("/desk/sign-in");
  };
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) document.addEventListener(sign, tell, { passive: true });

  const offline = document.getElementById("offline");
  document.body.addEventListener("htmx:sseOpen", () => { offline.hidden = true; });
  document.body.addEventListener("htmx:sseError", () => { offline.hidden = false; });
  document.body.addEventListener("htmx:sseMessage", (event) => event.detail.type === "ended" && location.assign("/desk/sign-in"));
}
