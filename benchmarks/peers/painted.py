"""When a picture is on the screen, judged alike for every viewer.

A script in the page looks at each large visible canvas after every frame that the browser has drawn, takes 32 x 32 of its
pixels, and notes the moment when they have changed. A canvas counts as painted once these have more than eight values:
an empty one, a spinner or a frame has fewer. Times are of the clock of the day, so that they hold across pages.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

WATCH = r"""(() => {
  if (window.top !== window) return;
  const SIDE = 32, small = new OffscreenCanvas(SIDE, SIDE);
  const context = small.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  const peers = (window.peers = { changes: [], inputs: [], waiting: [], known: new Map() });
  const now = () => performance.timeOrigin + performance.now();
  const look = () => {
    const at = now();
    let place = 0;
    for (const canvas of document.querySelectorAll("canvas")) {
      const box = canvas.getBoundingClientRect();
      if (box.width < 300 || box.height < 300) continue;
      place += 1;
      context.clearRect(0, 0, SIDE, SIDE);
      context.drawImage(canvas, 0, 0, SIDE, SIDE);
      const pixels = new Uint32Array(context.getImageData(0, 0, SIDE, SIDE).data.buffer);
      let hash = 2166136261;
      for (const pixel of pixels) hash = Math.imul(hash ^ pixel, 16777619);
      const before = peers.known.get(canvas);
      if (before === hash) continue;
      peers.known.set(canvas, hash);
      peers.changes.push({ at, place, hash, values: new Set(pixels).size });
    }
  };
  // One input for each frame, as a browser hands out those of a mouse; asked for from outside they come slower.
  const act = () => {
    const { kind, x, y } = peers.waiting.shift();
    const target = document.elementFromPoint(x, y);
    const event = { bubbles: true, cancelable: true, composed: true, clientX: x, clientY: y, view: window };
    if (kind === "wheel") target.dispatchEvent(new WheelEvent("wheel", { ...event, deltaY: 100, wheelDeltaY: -120 }));
    else {
      const pressed = { ...event, buttons: 1, pointerId: 1, pointerType: "mouse", isPrimary: true };
      target.dispatchEvent(new PointerEvent("pointermove", pressed));
      target.dispatchEvent(new MouseEvent("mousemove", pressed));
    }
  };
  // A message comes after the frame in which it was sent has been painted.
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    look();
    if (peers.waiting.length > 0) act();
  };
  const frame = () => { channel.port2.postMessage(0); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  for (const kind of ["wheel", "pointermove", "click"]) {
    window.addEventListener(kind, (event) => {
      const at = performance.timeOrigin + event.timeStamp;
      peers.inputs.push({ kind, at });
      if (kind === "click") sessionStorage.setItem("peers-click", String(at));
    }, { capture: true, passive: true });
  }
})()"""

_QUIET_MS = 1500
_SETTLED = """([after, places, quietMs]) => {
  const changes = window.peers.changes.filter(({ at }) => at > after);
  const painted = new Set(changes.filter(({ values }) => values > 8).map(({ place }) => place));
  const last = changes.at(-1);
  const now = performance.timeOrigin + performance.now();
  return painted.size >= places && last && now - last.at > quietMs;
}"""


@dataclass(frozen=True)
class Painted:
    """Milliseconds from an action to the first picture in every place, and to the last change of any."""

    first_ms: float
    whole_ms: float


def clicked_at(page: Page) -> float:
    """Return the moment of the last click, also on the page before."""
    return float(page.evaluate("sessionStorage.getItem('peers-click')"))


def wait_until_painted(page: Page, after: float, *, places: int = 1, timeout_ms: float = 120_000) -> Painted:
    """Wait until there is a picture in so many places and nothing has changed for a while."""
    page.wait_for_function(_SETTLED, arg=[after, places, _QUIET_MS], timeout=timeout_ms)
    changes = [change for change in page.evaluate("window.peers.changes") if change["at"] > after]
    first: dict[int, float] = {}
    for change in changes:
        if change["values"] > 8:
            first.setdefault(change["place"], change["at"])
    return Painted(sorted(first.values())[places - 1] - after, changes[-1]["at"] - after)


@dataclass(frozen=True)
class Sustained:
    """Pictures painted in a second, and milliseconds from each input to the next change of the picture."""

    images_per_second: float
    input_to_paint_ms: list[float]


def watch_inputs(page: Page, kind: str, points: list[tuple[float, float]]) -> Sustained:
    """Send an input of a kind at each of the points, one a frame, and see what they paint."""
    page.evaluate(
        """([kind, points]) => {
            const { peers } = window;
            peers.changes.length = peers.inputs.length = 0;
            peers.waiting.push(...points.map(([x, y]) => ({ kind, x, y })));
        }""",
        [kind, points],
    )
    page.wait_for_function("() => window.peers.waiting.length === 0", timeout=120_000)
    page.wait_for_timeout(1000)
    inputs = [one["at"] for one in page.evaluate("window.peers.inputs") if one["kind"] == kind]
    changes = [one["at"] for one in page.evaluate("window.peers.changes")]
    waits = [next((at - sent for at in changes if at >= sent), None) for sent in inputs]
    seconds = (max(changes[-1], inputs[-1]) - inputs[0]) / 1000
    return Sustained(len(set(changes)) / seconds, [wait for wait in waits if wait is not None])
