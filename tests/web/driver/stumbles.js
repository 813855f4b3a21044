// What an eye or a thumb would stumble over: text under 4.5:1 (3:1 when large) or 14 px, targets under 44 px high.
() => {
  const rgb = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = [r, g, b].map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const style = getComputedStyle(e), box = e.getBoundingClientRect(), size = parseFloat(style.fontSize);
    if (!own || !box.width || style.visibility === "hidden" || e.closest("svg, .hidden")) continue;
    const [a, b] = [light(rgb(style.color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < (size >= 24 ? 3 : 4.5)) found.push("contrast " + e.outerHTML.slice(0, 90));
    if (size < 14) found.push("small " + e.outerHTML.slice(0, 90));
  }
  for (const e of document.querySelectorAll("button, .button, .cell, .tabs a, a.month__day, .times__slot, .pick, .top a, input:not([type=hidden]):not([type=radio])"))
    if (e.getBoundingClientRect().height < 44) found.push("target " + e.outerHTML.slice(0, 90));
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the phone");
  return found;
}
