// The chat's list: appends entries with time stamps and avatars, keeps the newest in sight.

import { bubble } from "./bubbles.js";
import { byId, element, icon, picture } from "./elements.js";
import { needsStamp, stampText } from "./stamps.js";

const list = byId("chat");
const NEAR_END = 120;

let driver, on, lastId, lastAt, atEnd = true;

export function begin(who, handlers) {
  [driver, on, lastId, lastAt, atEnd] = [who, handlers, 0, null, true];
  list.replaceChildren();
}

export function add(entry) {
  if (entry.id <= lastId) return;
  const follow = entry.side === "driver" || atEnd;
  if (needsStamp(lastAt, entry.at)) list.append(element("li", "stamp", stampText(entry.at)));
  [lastId, lastAt] = [entry.id, entry.at];
  list.append(row(entry));
  atEnd = follow;
  if (follow) toEnd();
}

export function toEnd() {
  atEnd = true;
  list.scrollTop = list.scrollHeight;
}

function row(entry) {
  const shown = bubble(entry, on);
  // A card of news or a notice fills the width and has no avatar, as in WeChat.
  if (entry.kind === "news" || entry.kind === "notice") return element("li", "", shown);
  return element("li", `entry entry_${entry.side}`, avatar(entry.side), shown);
}

export function avatar(side, color = driver.color) {
  const drawn = side === "driver" ? icon("driver", "") : picture("", "/static/phone/account.svg", "");
  const made = element("span", side === "driver" ? `avatar avatar_${color}` : "avatar", drawn);
  made.append(element("span", "unseen", side === "driver" ? "我：" : "公众号："));
  return made;
}

list.addEventListener("scroll", () => { atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END; });
// Pictures grow when they have loaded, and the bar below grows: who was at the end stays there.
list.addEventListener("load", () => atEnd && toEnd(), true);
new ResizeObserver(() => atEnd && toEnd()).observe(list);
