import "../styles/worklist.css";
import { required } from "../ui/dom";
import { openWorklist } from "../ui/worklist/page";

openWorklist(required<HTMLElement>("main.worklist"));
