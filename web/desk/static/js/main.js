// The desk's page: what each file adds to it.

import { watchArrivals } from "./arrivals.js";
import { watchCompose } from "./compose.js";
import { watchForms } from "./once.js";
import { stayPresent } from "./presence.js";
import { watchKeys } from "./keys.js";
import { watchSheets } from "./sheets.js";
import { watchStory } from "./story.js";
import { watchTimes } from "./times.js";
import { watchUnsaved } from "./unsaved.js";

for (const begin of [watchArrivals, watchCompose, stayPresent, watchKeys, watchSheets, watchStory, watchTimes,
  watchForms, watchUnsaved]) begin();
document.getElementById("desk").dataset.ready = "1";
