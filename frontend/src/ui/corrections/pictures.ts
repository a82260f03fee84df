import { loadThumbnail } from "../thumbnails";

/** Shows pictures when they come into sight, and never more of them: a series may have a thousand. */
export class PicturesInSight {
  private readonly abort = new AbortController();
  private readonly observer = new IntersectionObserver((entries) => this.load(entries), {
    rootMargin: "96px",
  });

  /** Watch every picture below a place that names its address. */
  watch(root: ParentNode): void {
    for (const picture of root.querySelectorAll("img[data-thumbnail-url]")) this.observer.observe(picture);
  }

  private load(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLImageElement)) continue;
      this.observer.unobserve(target);
      void loadThumbnail(target, target.dataset.thumbnailUrl ?? "", this.abort.signal);
    }
  }
}
