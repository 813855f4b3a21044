// Time stamps as WeChat shows them: one when more than five minutes have passed.

const GAP_SECONDS = 300;
const DAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

export const needsStamp = (before, at) => before === null || at - before > GAP_SECONDS;

export function stampText(seconds, now = new Date()) {
  const at = new Date(seconds * 1000);
  const clock = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(now) - midnight(at)) / 86400000);
  if (days <= 0) return clock;
  if (days === 1) return `昨天 ${clock}`;
  if (days < 7) return `${DAYS[at.getDay()]} ${clock}`;
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ${clock}`;
}
