// Calls of the stand-in: what the driver does with the phone.

async function post(openid, action, body, type) {
  const response = await fetch(`/phone/${openid}/${action}`, { method: "POST", headers: { "content-type": type }, body });
  if (response.ok) return response.status === 204 ? null : response.json();
  const refused = await response.json().catch(() => ({ errmsg: response.statusText }));
  throw Object.assign(new Error(refused.errmsg), { code: refused.errcode });
}

export const act = (openid, action, body = {}) => post(openid, action, JSON.stringify(body), "application/json");
export const sendPicture = (openid, file) => post(openid, "picture", file, "application/octet-stream");
export const facts = async () => (await fetch("/phone/facts")).json();
