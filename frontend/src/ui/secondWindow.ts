import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { secondWindowName } from "../core/windowPair";
import { relevantPriors } from "../hanging/hang";
import { showBeside } from "./beside";
import type { Command } from "./command";
import { showMessage } from "./message";
import { Pairing } from "./pairing";
import type { ViewerContext } from "./viewerContext";

/** The part of the Window Management API that places a window; not in every browser. */
interface ScreenPlace {
  readonly availLeft: number;
  readonly availTop: number;
  readonly availWidth: number;
  readonly availHeight: number;
}

interface ManyScreens {
  readonly screens: readonly ScreenPlace[];
  readonly currentScreen: ScreenPlace;
}

export function secondWindowCommands(): Command[] {
  return [
    {
      id: "second-window",
      label: t("Second window for this study, and one again"),
      group: "page",
      keys: ["Shift+o"],
      icon: "second-window",
      run: switchSecondWindow,
      isOn: ({ pairing }) => pairing?.isConnected ?? false,
    },
    {
      id: "send-series",
      label: t("This series to the other window"),
      group: "layout",
      keys: ["Shift+x"],
      run: sendSeries,
    },
  ];
}

/** Join the other window where there is one, and say which of the two this is. */
export function attachPairing(context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const { page } = context;
  const pairing = new Pairing(context);
  context.pairing = pairing;
  const refresh = () => {
    page.classList.toggle("viewer--paired", pairing.isConnected);
    page.classList.toggle("viewer--second", pairing.isSecond);
    page.classList.toggle("viewer--elsewhere", pairing.isConnected && !document.hasFocus());
    context.changed.emit();
  };
  bag.add(() => pairing.dispose());
  bag.add(pairing.changed.subscribe(refresh));
  bag.add(listen(window, "focus", refresh));
  bag.add(listen(window, "blur", refresh));
  refresh();
  return () => bag.dispose();
}

/** The second screen of the protocol that fits best; else the best prior, else the next series. */
export function fillSecondWindow(context: ViewerContext): void {
  const { grid, hanger, studies, manifest } = context;
  const [protocol] = hanger.protocols;
  if (protocol) hanger.follow({ protocol, stageIndex: 0 });
  if (protocol?.stages[0]?.secondScreen) return;
  const [prior] = relevantPriors(studies);
  const series = manifest.series[1] ?? manifest.series[0];
  if (prior) void showBeside(context, prior.studyInstanceUid, grid.active);
  else if (series) grid.active.setStack(studies.stack(series.seriesInstanceUid));
  context.changed.emit();
}

function switchSecondWindow(context: ViewerContext): void {
  const { pairing } = context;
  if (pairing?.isSecond) window.close();
  else if (pairing?.isConnected) pairing.closeOther();
  else if (pairing) openSecondWindow(context, pairing);
}

/** The window opens at once, while the browser still sees the press of the button; it is moved when the screens are known. */
function openSecondWindow({ page }: ViewerContext, pairing: Pairing): void {
  const { pair } = pairing.asFirst();
  const { availWidth, availHeight } = screen;
  const size = `popup,width=${availWidth},height=${availHeight}`;
  const opened = window.open(location.pathname, secondWindowName(pair), size);
  if (opened === null) {
    showMessage(
      page,
      t("The browser blocked the second window. Allow pop-up windows for this site, then try again."),
    );
    return;
  }
  void placeOnOtherScreen(opened);
}

async function placeOnOtherScreen(opened: Window): Promise<void> {
  const { getScreenDetails } = window as { getScreenDetails?: () => Promise<ManyScreens> };
  const isExtended = (screen as { isExtended?: boolean }).isExtended ?? false;
  if (!getScreenDetails || !isExtended) return;
  try {
    const { screens, currentScreen } = await getScreenDetails.call(window);
    const other = screens.find((one) => one !== currentScreen);
    if (!other) return;
    opened.moveTo(other.availLeft, other.availTop);
    opened.resizeTo(other.availWidth, other.availHeight);
  } catch {
    // The reader did not let the page know the screens: he moves the window himself.
  }
}

function sendSeries({ pairing, grid, page }: ViewerContext): void {
  const { stack, imageIndex } = grid.active;
  if (!stack) return;
  if (!pairing?.isConnected) {
    showMessage(page, t("There is no other window. Open the second window for this study first."));
    return;
  }
  const { seriesInstanceUid } = stack.series;
  pairing.sendSeries({ studyInstanceUid: stack.study.studyInstanceUid, seriesInstanceUid, imageIndex });
  showMessage(page, t("Shown in the other window."));
}
