// Just paired: keep the token on this device; the page that shows it comes only once.

import { rememberDevice } from "./device.js";

const root = document.querySelector("[data-paired]");
const { event, token } = root.dataset;
root.removeAttribute("data-token");
if (rememberDevice(event, token)) root.dataset.kept = "";
else root.querySelector("[data-unkept]").hidden = false;
