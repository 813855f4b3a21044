// The chat's list: appends entries with time stamps and avatars, keeps the newest in sight.

import { bubble } from "./bubbles.js";
import { byId, element, icon, picture } from "./elements.js";
import { needsStamp, stampText } from "./stamps.js";

const list = byId("chat");
const NEAR_END = 120;

let driver, on, lastId, lastAt;

export function begin(who, handlers) {
  [driver, on, lastId, lastAt] = [who, handlers, 0, null];
  list.replaceChildren();
}

export function add(entry) {
  if (entry.id <= lastId) return;
  const follow = entry.side === "driver" || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  if (needsStamp(lastAt, entry.at)) list.append(element("li", "stamp", stampText(entry.at)));
  [lastId, lastAt] = [entry.id, entry.at];
  list.append(row(entry));
  if (follow) toEnd();
}

export function toEnd() {
  list.scrollTop = list.scrollHeight;
}

function row(entry) {
  if (entry.side === "notice") return element("li", "notice", entry.text);
  const shown = bubble(entry, on);
  // A news card fills the width and has no avatar, as in WeChat.
  if (entry.kind === "news") return element("li", "", shown);
  return element("li", `entry entry_${entry.side}`, avatar(entry.side), shown);
}

export function avatar(side, color = driver.color) {
  const drawn = side === "driver" ? icon("driver", "") : picture("", "/static/phone/account.svg", "");
  const made = element("span", side === "driver" ? `avatar avatar_${color}` : "avatar", drawn);
  made.append(element("span", "unseen", side === "driver" ? "我：" : "公众号："));
  return made;
}

// Pictures grow when they have loaded: stay at the end then, too.
list.addEventListener("load", () => list.scrollHeight - list.scrollTop - list.clientHeight < 320 && toEnd(), true);
