import { NoticeStream, type NoticeWish, type Told } from "../api/noticeStream";

/** One stream for all pages of a reader in this browser. */
const pages = new Map<MessagePort, readonly string[]>();
let stream: NoticeStream | null = null;

function heed(port: MessagePort, wish: NoticeWish): void {
  if ("leave" in wish) {
    pages.delete(port);
    if (pages.size > 0) return;
    stream?.close();
    stream = null;
    return;
  }
  const isNew = !pages.has(port);
  pages.set(port, wish.follow);
  stream ??= new NoticeStream(wish.url, tell);
  if (isNew && stream.state) port.postMessage({ kind: "state", state: stream.state } satisfies Told);
  stream.follow(new Set([...pages.values()].flat()));
}

function tell(told: Told): void {
  for (const port of pages.keys()) port.postMessage(told);
}

addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0];
  if (port) port.onmessage = ({ data }: MessageEvent<NoticeWish>) => heed(port, data);
});
