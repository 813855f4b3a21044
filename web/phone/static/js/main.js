// Ties the parts together: who holds the phone, what they do, what comes back.

import * as bar from "./bar.js";
import * as chat from "./chat.js";
import * as developer from "./developer.js";
import * as drivers from "./drivers.js";
import * as faults from "./faults.js";
import * as menu from "./menu.js";
import * as place from "./place.js";
import * as scan from "./scan.js";
import * as sheets from "./sheets.js";
import * as wechatSide from "./wechat_side.js";
import { act, facts, sendPicture } from "./calls.js";
import { button, byId, element, icon } from "./elements.js";
import { listen } from "./live.js";

let driver, following = false, epoch = "", hangUp = () => {};

const doing = (action, body) => act(driver.openid, action, body).catch(refused);
const say = (content, menuId = "") => act(driver.openid, "text", { content, menu_id: menuId });

function refused(error) {
  toast(error.code ? `微信不接受：${error.message}` : "连接不上，请稍后再试");
  throw error;
}

let toastTimer;
function toast(words) {
  const shown = byId("toast");
  shown.textContent = words;
  shown.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { shown.hidden = true; }, 2500);
}

const hear = {
  hello(state) {
    if (state.epoch !== epoch) beginChat();
    epoch = state.epoch;
    state.entries.forEach(chat.add);
    state.traces.forEach(developer.add);
    hear.typing({ on: state.typing });
    hear.menu(state);
    hear.following({ on: state.following });
    if (!state.met) doing("follow");
    chat.toEnd();
  },
  entry: chat.add,
  trace: developer.add,
  typing({ on }) {
    const title = byId("title");
    title.textContent = on ? "对方正在输入…" : title.dataset.name;
  },
  following({ on }) {
    following = on;
    bar.setFollowing(on);
    byId("toggle-follow").textContent = on ? "不再关注" : "关注公众号";
    byId("toggle-follow").className = `weui-btn sheet__wide ${on ? "weui-btn_default profile__leave" : "weui-btn_primary"}`;
  },
  menu(state) {
    menu.show(state.menu, press);
    if (!state.menu) bar.setMode("keyboard");
  },
};

function beginChat() {
  chat.begin(driver, { say: (content, id) => say(content, id).catch(refused), view });
  developer.begin(driver.openid);
}

function hold(who) {
  hangUp();
  driver = who;
  document.cookie = `openid=${who.openid}; path=/; SameSite=Lax`; // who opens a page is known to WeChat
  epoch = "";
  beginChat();
  hangUp = listen(driver.openid, hear, (online) => { byId("offline").hidden = online; });
}

async function press(column, row) {
  const key = { column, row };
  const { type, url } = await doing("press", key);
  if (type === "view") window.open(url, "_blank", "noopener,noreferrer");
  if (type.startsWith("pic")) OPEN.picture();
  if (type.startsWith("scancode")) scan.ask((scanned) => doing("press", { ...key, scanned }));
  if (type === "location_select") place.ask((at) => doing("press", { ...key, place: at }));
}

function view(url) {
  byId("viewer-picture").src = url;
  sheets.open("viewer");
}

function showDrivers() {
  const rows = drivers.all().map((who) => {
    const words = element("span", "row__name", who.name, element("span", "row__more", who.openid));
    const mark = who.openid === driver.openid ? [icon("check")] : [];
    return button("row", () => take(who), chat.avatar("driver", who.color), words, ...mark);
  });
  byId("drivers").replaceChildren(...rows);
  sheets.open("drivers");
}

function take(who) {
  drivers.choose(who.openid);
  sheets.close("drivers");
  hold(who);
}

const OPEN = {
  picture: () => byId("picture").click(),
  place: () => place.ask((at) => doing("location", at)),
  scan: () => scan.ask((scene) => doing("follow", { scene })),
  account: () => sheets.open("account"),
  drivers: showDrivers,
};

function startPicture() {
  byId("picture").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (file) await sendPicture(driver.openid, file).catch(refused).finally(() => { target.value = ""; });
  });
}

async function start() {
  sheets.start();
  startPicture();
  bar.start((content) => say(content).catch(refused));
  for (const tile of document.querySelectorAll("[data-open]")) {
    tile.addEventListener("click", () => { bar.closeTrays(); OPEN[tile.dataset.open](); });
  }
  byId("open-account").addEventListener("click", OPEN.account);
  byId("change-driver").addEventListener("click", OPEN.drivers);
  byId("new-driver").addEventListener("click", () => take(drivers.add()));
  byId("follow").addEventListener("click", () => doing("follow"));
  byId("toggle-follow").addEventListener("click", () => { sheets.close("account"); doing(following ? "unfollow" : "follow"); });
  const tick = () => { byId("clock").textContent = new Date().toLocaleTimeString("zh-CN", { hour: "numeric", minute: "2-digit" }); };
  tick();
  setInterval(tick, 10_000);
  hold(drivers.current());
  const town = await facts();
  place.start(town.places, toast);
  scan.start(town.counters, town.scenes);
  developer.offer(town.examples, bar.type);
  faults.start(toast);
  wechatSide.start(town.notices, () => driver.openid, toast);
}

start();
