// A new one waits, or a driver of one's own wrote: a sound, a number, a blinking title.

const BLINK_MS = 900;
const title = document.title;
let sound, seen, blinking;

export function watchArrivals() {
  const button = document.getElementById("sound");
  if (!button) return;
  let on = localStorage.getItem("desk-sound") !== "off";
  const show = () => {
    button.textContent = on ? "声音：开" : "声音：关";
    button.setAttribute("aria-pressed", String(on));
  };
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem("desk-sound", on ? "on" : "off");
    show();
  });
  show();
  // Browsers let a page make sounds only once somebody has touched it.
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => (sound ??= new AudioContext()).resume(), { once: true });
  for (const back of ["focus", "pointerdown", "keydown"]) window.addEventListener(back, calm);
  look(false);
  document.body.addEventListener("htmx:sseMessage", (event) => event.detail.type === "queue" && look(on));
}

function look(aloud) {
  const queue = document.getElementById("queue");
  if (!queue) return;
  const now = new Map();
  for (const entry of queue.querySelectorAll("[data-entry]")) {
    const { entry: who, last, kind } = entry.dataset;
    if (kind === "waiting") now.set(who, "waits");
    if (kind === "mine") now.set(who, last);
  }
  const waiting = Number(queue.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  const count = document.getElementById("count");
  count.textContent = String(waiting);
  count.hidden = waiting === 0;
  const fresh = seen && [...now].some(([who, what]) => seen.get(who) !== what && !(seen.get(who) === "waits"));
  seen = now;
  if (!fresh) return;
  if (aloud) ring();
  if (!document.hasFocus() && !blinking) blinking = setInterval(() => { document.title = document.title === title ? "● 新消息" : title; }, BLINK_MS);
}

function calm() {
  clearInterval(blinking);
  blinking = undefined;
  document.title = title;
}

function ring() {
  if (sound?.state !== "running") return;
  for (const [tone, after] of [[880, 0], [1175, 0.16]]) {
    const note = new OscillatorNode(sound, { frequency: tone });
    const volume = new GainNode(sound, { gain: 0.0001 });
    note.connect(volume).connect(sound.destination);
    volume.gain.exponentialRampToValueAtTime(0.2, sound.currentTime + after + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + after + 0.3);
    note.start(sound.currentTime + after);
    note.stop(sound.currentTime + after + 0.32);
  }
}
