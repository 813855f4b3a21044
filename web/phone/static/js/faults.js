// Lets things go wrong on purpose: what the network and WeChat do to an account on a bad day.

import { button, byId } from "./elements.js";

const FAULTS = {
  "下一条同时推三遍": { path: "post", together: 3 },
  "下一条过后再推一遍": { path: "post", repeat: 1 },
  "下一条只等 0.2 秒": { path: "post", patience: 0.2 },
  "下一条签名不对": { path: "post", spoil: "signature" },
  "客服接口忙一次": { path: "message/custom/send", errcode: -1 },
  "发出了但没回音": { path: "message/custom/send", hang_up: true, after: true },
};

async function ask(path, body) {
  await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

export function start(say) {
  const chips = Object.entries(FAULTS).map(([words, fault]) =>
    button("chip", async () => { await ask("/stand-in/faults", fault); say(`好的：${words}`); }, words));
  chips.push(button("chip", async () => { await ask("/stand-in/clock", { forward: 48 * 3600 }); say("微信的钟拨快了 48 小时"); }, "过了 48 小时"));
  byId("faults").append(...chips);
}
