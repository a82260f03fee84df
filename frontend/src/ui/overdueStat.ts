import { loadOverdueStat } from "../api/overdueStat";
import { followStudies } from "../api/studyEvents";
import type { Disposer } from "../core/disposable";
import { tn } from "../core/i18n";
import { setText } from "./dom";

/** Many notices at once are one question. */
const GATHER_MS = 500;

/**
 * Keep a link that says how many STAT studies are overdue and leads to them; hidden while there are none.
 *
 * A count that fails leaves the link as it is: the next notice, or the connection that is back, asks again.
 */
export function followOverdueStat(
  link: HTMLAnchorElement,
  { url, eventsUrl }: { readonly url: string; readonly eventsUrl: string },
): Disposer {
  let timer = 0;
  const count = async () => {
    timer = 0;
    const found = await loadOverdueStat(url).catch(() => null);
    if (found === null) return;
    const text = tn("{count} STAT overdue", "{count} STAT overdue", found.count);
    if (found.count > 0) setText(link, text);
    link.href = found.listUrl;
    link.hidden = found.count === 0;
  };
  const ask = () => {
    if (timer === 0) timer = window.setTimeout(() => void count(), GATHER_MS);
  };
  const unfollow = followStudies(eventsUrl, {
    study: (_uid, notice) => {
      if (notice.is_overdue_stat === true) ask();
    },
    state: () => undefined,
    missed: ask,
  });
  ask();
  return () => {
    clearTimeout(timer);
    unfollow();
  };
}
