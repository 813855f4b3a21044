// The panel "what happened": each post with its reply and time, each call of the API.

import { button, byId, element } from "./elements.js";

const list = byId("traces");
const MOST = 120;
let lastNumber = 0;
const POSTS = { text: "文字", image: "图片", location: "位置", voice: "语音", subscribe: "关注", unsubscribe: "取消关注", CLICK: "菜单", VIEW: "菜单链接", SCAN: "扫码", TEMPLATESENDJOBFINISH: "模板消息结果", kf_create_session: "客服接入", kf_close_session: "客服结束", kf_switch_session: "客服转接", subscribe_msg_popup_event: "订阅选择", subscribe_msg_sent_event: "订阅通知结果", user_authorization_revoke: "撤回授权" };
const CALLS = { "message/custom/send": "客服消息", "message/custom/typing": "输入状态", "message/template/send": "模板消息", "message/subscribe/bizsend": "订阅通知", "message/mass/preview": "群发预览" };

export function begin(openid) {
  byId("openid").textContent = openid;
  lastNumber = 0;
  clear();
}

export function clear() {
  list.replaceChildren();
  byId("no-traces").hidden = false;
}

export function add(line) {
  if (line.number <= lastNumber) return;
  lastNumber = line.number;
  byId("no-traces").hidden = true;
  list.prepend(row(line));
  if (list.children.length > MOST) list.lastElementChild.remove();
}

export function offer(examples, type) {
  byId("examples-term").hidden = byId("examples").hidden = !examples.length;
  byId("examples").append(...examples.map(({ say, name, what }) => {
    const chip = button("chip", () => type(say), name, element("span", "chip__more", what));
    chip.title = `填进输入框：${say}`;
    return chip;
  }));
}

function row(line) {
  const bad = line.kind === "unreadable" || line.why || line.status >= 400 || /"errcode": -?[1-9]/.test(line.answer ?? "");
  const details = element("details", `trace trace_${line.kind}${bad ? " trace_bad" : ""}`, summary(line));
  for (const [title, text] of [["发出", line.sent], ["回应", line.answer], ["原因", line.why]]) {
    if (text) details.append(element("h3", "", title), element("pre", "", pretty(text)));
  }
  return element("li", "", details);
}

function summary(line) {
  const time = new Date(line.at * 1000).toLocaleTimeString("zh-CN", { hour12: false });
  const ms = line.ms === undefined ? "" : `${Math.round(line.ms)} ms`;
  return element("summary", "", element("span", "trace__time", time), element("span", "trace__way", line.kind === "call" ? "←" : "→"),
    element("span", "trace__what", what(line)), element("span", "trace__ms", ms));
}

function what(line) {
  if (line.kind === "call") return CALLS[line.path.replace("/cgi-bin/", "")] ?? line.path;
  if (line.kind !== "post") return line.why || line.sent;
  const name = field(line.sent, "Event") || field(line.sent, "MsgType");
  const of = field(line.sent, "Content") || field(line.sent, "EventKey") || field(line.sent, "Label");
  return `${POSTS[name] ?? name}${of ? "：" : ""}${of}${line.attempt > 1 ? `（第${line.attempt}次）` : ""}`;
}

function field(xml, name) {
  return xml.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`))?.[1] ?? "";
}

const pretty = (text) => (text.startsWith("<xml>") ? text.replace(/(<\/[A-Za-z_]+>)(?=<)|(<xml>)/g, "$&\n") : text);

byId("clear-traces").addEventListener("click", clear);
