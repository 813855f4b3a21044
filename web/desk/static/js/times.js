// "等了3分钟" goes on while nothing else changes.

const EVERY_MS = 15_000;

export function watchTimes() {
  setInterval(() => {
    for (const time of document.querySelectorAll("time.since")) time.textContent = words(Date.now() - Date.parse(time.dateTime));
  }, EVERY_MS);
}

function words(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return "不到1分钟";
  if (minutes < 60) return `${minutes}分钟`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)}小时${minutes % 60}分` : `${Math.floor(minutes / 1440)}天`;
}
