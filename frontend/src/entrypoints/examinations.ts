import "../styles/reading.css";
import "../styles/examinations.css";
import "../styles/imageChoice.css";
import "../styles/rejected.css";
import { attachImageChoice } from "../ui/corrections/imageChoice";
import { required } from "../ui/dom";
import { attachDayList } from "../ui/examinations/dayList";
import { attachExaminationPage } from "../ui/examinations/examinationPage";

const main = required<HTMLElement>("#content");
if (main.dataset.rowsUrl !== undefined) attachDayList(main);
const choice = main.querySelector<HTMLElement>("[data-part=image-choice]");
if (choice !== null) attachImageChoice(choice);
if (main.dataset.ownUids !== undefined) attachExaminationPage(main);
