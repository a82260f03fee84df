import "../styles/worklist.css";
import "../styles/filters.css";
import "../styles/reading.css";
import "../styles/duty.css";
import "../styles/seriesRows.css";
import "../styles/listDialogs.css";
import "../styles/worklistNarrow.css";
import "../styles/timeline.css";
import "../styles/quickLook.css";
import { required } from "../ui/dom";
import { openWorklist } from "../ui/worklist/page";

openWorklist(required<HTMLElement>("main.worklist"));
