import "../styles/reading.css";
import "../styles/examinations.css";
import { required } from "../ui/dom";
import { attachDayList } from "../ui/examinations/dayList";
import { labelEdges } from "../ui/examinations/edges";

const main = required<HTMLElement>("#content");
if (main.dataset.rowsUrl !== undefined) attachDayList(main);
if (main.dataset.manifestUrl !== undefined) void labelEdges(main, main.dataset.manifestUrl);
