import "../styles/wall.css";
import { required } from "../ui/dom";
import { attachWall } from "../ui/wall";

const main = required<HTMLElement>("#content");
if (main.dataset.wallUrl !== undefined) attachWall(main);
