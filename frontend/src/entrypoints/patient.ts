import "../styles/corrections.css";
import "../styles/reading.css";
import "../styles/timeline.css";
import "../styles/patient.css";
import { listen } from "../core/disposable";
import { required } from "../ui/dom";
import { attachTimeline } from "../ui/worklist/timeline";

const main = required<HTMLElement>("#content");
const timeline = main.querySelector<HTMLElement>("[data-part=timeline]");
if (timeline !== null) attachTimeline(timeline);
for (const choice of main.querySelectorAll<HTMLSelectElement>("[data-part=filter]")) {
  listen(choice, "change", () => choice.form?.requestSubmit());
  choice.form?.querySelector("button")?.setAttribute("hidden", "");
}
