import "../styles/base.css";
import "../styles/directions.css";
import { attachMenus } from "../ui/menus";
import { attachThemeSwitch } from "../ui/preferences";

attachMenus();
attachThemeSwitch();
