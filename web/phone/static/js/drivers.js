// Who holds the phone: several drivers, each an openid, kept in this browser.

const KEY = "weijing.drivers";
const NAMES = ["车主小杜", "车主老桥", "车主阿白", "车主大河", "车主小沙", "车主阿路"];
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

function newOpenid() {
  const random = crypto.getRandomValues(new Uint8Array(27));
  return "o" + Array.from(random, (byte) => ALPHABET[byte % 64]).join("");
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept?.list?.length && kept.list.some((driver) => driver.openid === kept.current)) return kept;
  } catch { /* what is kept can't be read: begin anew */ }
  return { current: "", list: [] };
}

function write(kept) {
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* a private window keeps nothing */ }
  state = kept;
}

let state = read();

export function add() {
  const number = state.list.length;
  const name = NAMES[number % NAMES.length] + (number < NAMES.length ? "" : ` ${number + 1}`);
  const driver = { openid: newOpenid(), name, color: number % 6 };
  write({ current: driver.openid, list: [...state.list, driver] });
  return driver;
}

export const all = () => state.list;
export const current = () => state.list.find((driver) => driver.openid === state.current) ?? add();
export const choose = (openid) => write({ ...state, current: openid });
