const KEPT = "reading-room-mm-per-device-pixel";

/** Which monitor the window is on, as far as a browser tells: by its size and place on the desktop. */
export function monitorName(screen: Screen): string {
  const { availLeft = 0, availTop = 0 } = screen as { availLeft?: number; availTop?: number };
  return `${screen.width}x${screen.height}+${availLeft}+${availTop}`;
}

/** Millimetres of one device pixel of a monitor, as its reader measured it in this browser; null where nobody has. */
export function mmPerDevicePixel(storage: Storage, monitor: string): number | null {
  const mm = read(storage)[monitor];
  return typeof mm === "number" && mm > 0 ? mm : null;
}

export function keepMmPerDevicePixel(storage: Storage, monitor: string, mm: number): void {
  storage.setItem(KEPT, JSON.stringify({ ...read(storage), [monitor]: mm }));
}

function read(storage: Storage): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
