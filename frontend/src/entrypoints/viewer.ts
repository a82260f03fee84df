import "../styles/viewer.css";
import "../styles/seriesStrip.css";
import "../styles/viewport.css";
import "../styles/viewerControls.css";
import "../styles/annotations.css";
import "../styles/banner.css";
import "../styles/hanging.css";
import "../styles/layout.css";
import "../styles/priors.css";
import "../styles/readingList.css";
import "../styles/fusion.css";
import "../styles/planes.css";
import "../styles/navigator.css";
import "../styles/comfort.css";
import "../styles/print.css";
import { required } from "../ui/dom";
import { openViewer } from "../ui/viewerPage";

void openViewer(required<HTMLElement>("#viewer"));
