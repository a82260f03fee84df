import { Emitter } from "../core/emitter";
import { isSamePlane, type PlanePlace, type StoredAnnotation } from "../dicom/annotation";
import type { RegionStatistics } from "../dicom/regionStatistics";
import type { ImagePoint } from "../geometry/points";
import { REGION_KINDS } from "../geometry/regionShape";
import type { Annotation, AnnotationStore } from "./store";

export type ServerStatistics = RegionStatistics & { readonly unit: string };

type FetchStatistics = (region: StoredAnnotation) => Promise<ServerStatistics | null>;

interface Known {
  readonly points: readonly ImagePoint[];
  readonly plane: PlanePlace | null;
  readonly statistics: ServerStatistics;
}

/** What the server computes of regions from the stored file, for those that are kept. */
export class ServerCheck {
  readonly changed = new Emitter<void>();
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly store: AnnotationStore,
    private readonly fetch: FetchStatistics,
  ) {}

  /** null while nothing is known of the region as it is drawn now, or on a plane beside the one that it is kept on. */
  of({ id, points, plane }: Annotation): ServerStatistics | null {
    const known = this.known.get(id);
    if (known?.points !== points) return null;
    const isThere = plane === known.plane || (plane && known.plane && isSamePlane(plane, known.plane));
    return isThere ? known.statistics : null;
  }

  /** Ask for a region that was kept. */
  async ask(id: string): Promise<void> {
    const annotation = this.store.get(id);
    const kinds: readonly string[] = REGION_KINDS;
    if (!annotation || !kinds.includes(annotation.kind)) return;
    const { points, plane } = annotation;
    const statistics = await this.fetch(annotation);
    if (statistics === null) return;
    this.known.set(id, { points, plane, statistics });
    this.changed.emit();
  }
}

/** Tell whether two results of one region are the same but for rounding. */
export function agree(one: RegionStatistics, other: RegionStatistics): boolean {
  const near = (a: number | null, b: number | null) =>
    a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a), Math.abs(b)));
  return (
    one.count === other.count &&
    near(one.mean, other.mean) &&
    near(one.standardDeviation, other.standardDeviation) &&
    near(one.minimum, other.minimum) &&
    near(one.maximum, other.maximum)
  );
}
