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
  if (!entry.more?.length) return made;
  return element("div", "", made, element("div", "news", ...entry.more.map(({ title, url }) => link(url, "news__other", title))));
}

// A template message or a subscription notice. WeChat names a field by its template; the stand-in has only its key.
function notice(entry) {
  const made = entry.url ? link(entry.url, "notice") : element("div", "notice");
  const rows = entry.fields.flatMap(({ name, value }) => [element("dt", "", FIELDS[name.replace(/\d+$/, "")] ?? name), element("dd", "", value)]);
  made.append(element("h2", "", entry.title), element("dl", "", ...rows));
  if (entry.url) made.append(element("span", "news__more", "详情", icon("back")));
  return made;
}

const FIELDS = { thing: "事项", time: "时间", date: "日期", car_number: "车牌", character_string: "编号", phrase: "状态", name: "姓名", amount: "金额", number: "数量", phone_number: "电话", const: "类型" };

const NAMED = { voice: "语音", video: "视频", music: "音乐", miniprogrampage: "小程序" };
const other = (entry) => element("div", "bubble other", `[${NAMED[entry.kind] ?? entry.kind}] ${entry.title ?? ""}`);

export const KINDS = { text, msgmenu, image, location, news, notice };
export const bubble = (entry, on) => (KINDS[entry.kind] ?? other)(entry, on);
