import "../styles/corrections.css";
import "../styles/imageChoice.css";
import { attachImageChoice } from "../ui/corrections/imageChoice";
import { PicturesInSight } from "../ui/corrections/pictures";

const choice = document.querySelector<HTMLElement>("[data-part=image-choice]");
if (choice !== null) attachImageChoice(choice);
const pictures = new PicturesInSight();
for (const rejected of document.querySelectorAll("[data-part=rejected]")) pictures.watch(rejected);
