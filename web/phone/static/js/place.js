// Sends a location: a named place of the town, or coordinates.

import { byId, element, icon } from "./elements.js";
import { close, open } from "./sheets.js";

let send;

export function ask(then) {
  send = then;
  open("place");
}

export function start(places, complain) {
  byId("places").append(...places.map(option));
  byId("place-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const place = chosen(places);
    if (!place) return complain("请先选一个地点，或者填好坐标");
    close("place");
    send(place);
  });
}

function option(place, index) {
  const radio = element("input");
  Object.assign(radio, { type: "radio", name: "place", value: String(index) });
  return element("label", "option", radio, element("span", "option__name", place.name), icon("check"));
}

function chosen(places) {
  const [latitude, longitude] = [byId("latitude").value.trim(), byId("longitude").value.trim()];
  if (latitude || longitude) return typed(Number(latitude || NaN), Number(longitude || NaN));
  const radio = document.querySelector("input[name=place]:checked");
  if (!radio) return null;
  const { name, ...at } = places[radio.value];
  return { ...at, label: name };
}

function typed(latitude, longitude) {
  const possible = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return possible ? { latitude, longitude, label: byId("label").value.trim() } : null;
}
