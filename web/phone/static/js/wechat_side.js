// What happens at WeChat's side and not in the chat: consents, a permission taken back, WeChat's own desk.

import { button, byId } from "./elements.js";

const AGENT = "zhiban@weixin";
const NAMES = { road: "路况", inspection: "年检" };

async function ask(path, body = {}) {
  const response = await fetch(`/stand-in/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error((await response.json()).errmsg);
}

export function start(notices, openid, say) {
  const deeds = {
    "客服上线": () => ask("kf/agents", { account: AGENT, online: true }),
    "客服下线": () => ask("kf/agents", { account: AGENT, online: false }),
    "客服说一句": () => ask(`kf/${openid()}/say`, { words: "您好，我是值班民警，您请讲。" }),
    "客服结束": () => ask(`kf/${openid()}/close`),
    "拒收消息": () => ask(`drivers/${openid()}/blocked`, { on: true }),
    "重新接收": () => ask(`drivers/${openid()}/blocked`, { on: false }),
    "撤回授权": () => ask(`drivers/${openid()}/post`, { MsgType: "event", Event: "user_authorization_revoke", OpenID: openid(), RevokeInfo: "301" }),
  };
  for (const { template, name } of notices) {
    deeds[`同意${NAMES[name] ?? name}通知`] = () => ask(`drivers/${openid()}/consent`, { template, accept: true });
  }
  byId("wechat-side").append(...Object.entries(deeds).map(([words, deed]) =>
    button("chip", () => deed().then(() => say(`好的：${words}`), (error) => say(`微信不接受：${error.message}`)), words)));
}
