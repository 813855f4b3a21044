// One function a kind of message: an entry of the chat becomes an element.

import { button, element, icon, picture } from "./elements.js";

function words(parts, say) {
  return parts.map((part) => {
    if (part.say !== undefined) return button("tap", () => say(part.say, part.id), part.text);
    return part.href ? link(part.href, "", part.text) : part.text;
  });
}

function link(href, className, ...children) {
  const made = element("a", className, ...children);
  made.href = href;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

const text = (entry, on) => element("div", "bubble", ...words(entry.parts, on.say));

function msgmenu(entry, on) {
  const rows = entry.choices.map(({ id, content }) => button("choice", () => on.say(content, id), content));
  const card = element("div", "bubble choices-card");
  if (entry.head.length) card.append(element("p", "choices-card__words", ...words(entry.head, on.say)));
  card.append(...rows);
  if (entry.tail.length) card.append(element("p", "choices-card__words choices-card__words_tail", ...words(entry.tail, on.say)));
  return card;
}

function image(entry, on) {
  const made = button("photo", () => on.view(entry.url), picture("", entry.url, "照片"));
  made.setAttribute("aria-label", "看大图");
  return made;
}

function location(entry) {
  const at = `${entry.latitude.toFixed(5)}, ${entry.longitude.toFixed(5)}`;
  return element("div", "place", element("p", "place__name", entry.label || "位置"), element("p", "place__at", at),
    picture("", "/static/phone/map.svg", ""));
}

function news(entry) {
  const made = entry.url ? link(entry.url, "news") : element("div", "news");
  if (entry.picture) made.append(picture("news__picture", entry.picture, ""));
  made.append(element("h2", "news__title", entry.title));
  if (entry.description) made.append(element("p", "news__description", entry.description));
  if (entry.url) made.append(element("span", "news__more", "阅读全文", icon("back")));
  return made;
}

const NAMED = { voice: "语音", video: "视频", music: "音乐", miniprogrampage: "小程序" };
const other = (entry) => element("div", "bubble other", `[${NAMED[entry.kind] ?? entry.kind}] ${entry.title ?? ""}`);

export const KINDS = { text, msgmenu, image, location, news };
export const bubble = (entry, on) => (KINDS[entry.kind] ?? other)(entry, on);
