import { RequestError } from "../api/client";
import { fetchProtocols } from "../api/hanging";
import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { HangingProtocol } from "../hanging/protocol";
import type { Command } from "./command";
import { element, icon, spokenName } from "./dom";
import { withKeys } from "./keyboard";
import { manageProtocols } from "./manageHanging";
import { placeBelow } from "./menus";
import { saveThisLayout } from "./saveHanging";
import type { ViewerContext } from "./viewerContext";

const SCOPES: Readonly<Record<HangingProtocol["scope"], string>> = {
  user: t("Mine"),
  role: t("Of my role"),
  facility: t("Of the facility"),
  built_in: t("Built in"),
};

type Item = (label: string, isOn: boolean, act: () => void) => HTMLElement;

/** Stages by keys, and the way back. */
export function hangingCommands(): Command[] {
  return [
    {
      id: "previous-stage",
      label: t("Stage before of the hanging protocol"),
      group: "layout",
      keys: [","],
      run: ({ hanger }) => hanger.step(-1),
    },
    {
      id: "next-stage",
      label: t("Next stage of the hanging protocol"),
      group: "layout",
      keys: ["."],
      run: ({ hanger }) => hanger.step(1),
    },
    {
      id: "hang-again",
      label: t("Pictures as the hanging protocol hung them"),
      group: "layout",
      keys: ["Shift+0"],
      run: ({ hanger }) => hanger.again(),
    },
  ];
}

/** Which protocol hangs, those that fit as well, and its stages. */
export function hangingMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const { hanger } = context;
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    {
      class: "tool",
      title: t("Hanging protocol"),
      "aria-label": spokenName(t("Hanging"), t("Hanging protocol")),
    },
    icon("hanging"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Hanging")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const item: Item = (label, isOn, act) => {
    const button = element(
      "button",
      { type: "button", class: "menu__item", "aria-pressed": String(isOn) },
      label,
    );
    button.addEventListener("click", () => {
      menu.removeAttribute("open");
      act();
    });
    return button;
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      const { keys } = context.preferences;
      const { protocol, protocols, stageIndex } = hanger;
      const offers = protocols.map((one) =>
        item(`${one.name}  (${SCOPES[one.scope]})`, one.id === protocol?.id, () => void hanger.hang(one)),
      );
      const stages = (protocol?.stages ?? []).map((stage, index) =>
        item(
          stage.name || t("Stage {number}, {layout}", { number: index + 1, layout: stage.layout }),
          index === stageIndex,
          () => {
            if (protocol) void hanger.hang(protocol, index);
          },
        ),
      );
      const others = element("div", {});
      void addOthers(others, context, item);
      const none = element("p", { class: "menu__note" }, t("No protocol fits this study."));
      panel.replaceChildren(
        element("p", { class: "menu__heading" }, t("Hanging")),
        ...(offers.length > 0 ? offers : [none]),
        ...(stages.length > 1
          ? [
              element(
                "p",
                { class: "menu__heading" },
                withKeys(t("Stages"), keys, "previous-stage", "next-stage"),
              ),
              ...stages,
            ]
          : []),
        ...(protocol
          ? [item(withKeys(t("As it was hung"), keys, "hang-again"), false, () => hanger.again())]
          : []),
        element("p", { class: "menu__heading" }, t("Protocols")),
        item(t("Save this layout…"), false, () => void saveThisLayout(context)),
        item(t("Manage, share, import, export…"), false, () => void manageProtocols(context)),
        others,
      );
      placeBelow(panel, summary);
    }),
  );
  const refresh = () => {
    summary.title = hanger.protocol
      ? t("Hanging: {protocol}", { protocol: hanger.protocol.name })
      : t("Hanging protocol");
  };
  bag.add(hanger.changed.subscribe(refresh));
  return menu;
}

/** The protocols that do not fit the study can be hung all the same. */
async function addOthers(root: HTMLElement, { hanger }: ViewerContext, item: Item): Promise<void> {
  try {
    const fitting = new Set(hanger.protocols.map(({ id }) => id));
    const { protocols } = await fetchProtocols();
    const others = protocols.filter(({ protocol }) => !fitting.has(protocol.id));
    if (others.length === 0) return;
    root.replaceChildren(
      element("p", { class: "menu__heading" }, t("For other studies")),
      ...others.map(({ protocol, whose }) =>
        item(
          `${protocol.name}  (${whose})`,
          protocol.id === hanger.protocol?.id,
          () => void hanger.hang(protocol),
        ),
      ),
    );
  } catch (error) {
    // Without the list the menu offers what fits.
    if (!(error instanceof RequestError)) throw error;
  }
}
