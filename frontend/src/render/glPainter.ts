import { Emitter } from "../core/emitter";
import { GlProgram } from "./glProgram";
import { AxisTexture, GlTextures } from "./glTextures";
import { coverageOf, type GridAxes, gridAxes, isSideways, type ValueGrid } from "./resample";
import type { ValuePainter, ValuePainting } from "./valuePainter";

const TABLE_SIDE = 256;

interface Machine {
  readonly gl: WebGL2RenderingContext;
  readonly program: GlProgram;
  readonly textures: GlTextures;
  readonly across: AxisTexture;
  readonly down: AxisTexture;
  readonly largestSide: number;
}

/**
 * Computes pixels on the graphics card, in one context for all pictures of a page, because browsers allow few.
 *
 * Whatever the card cannot do (its context is lost, the values do not fit) goes to the fallback.
 */
export class GlPainter implements ValuePainter {
  readonly kind = "gpu";
  /** The context is gone: what was painted has to be painted again. */
  readonly lost = new Emitter<void>();

  private constructor(
    private readonly canvas: OffscreenCanvas,
    private machine: Machine | null,
    readonly renderer: string,
    private readonly fallback: ValuePainter,
  ) {
    canvas.addEventListener("webglcontextlost", () => {
      this.machine = null;
      this.lost.emit();
    });
  }

  /** @returns null where the browser has no WebGL 2, or a driver that refuses the program. */
  static start(budgetBytes: number, fallback: ValuePainter): GlPainter | null {
    if (!("OffscreenCanvas" in window)) return null;
    const canvas = new OffscreenCanvas(1, 1);
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (gl === null) return null;
    try {
      const machine = {
        gl,
        program: new GlProgram(gl),
        textures: new GlTextures(gl, budgetBytes),
        across: new AxisTexture(gl),
        down: new AxisTexture(gl),
        largestSide: Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)),
      };
      return new GlPainter(canvas, machine, rendererOf(gl), fallback);
    } catch (error) {
      // A driver's refusal is nothing that a reader can mend, but whoever looks for it finds its words.
      console.warn(error);
      return null;
    }
  }

  paint(context: CanvasRenderingContext2D, painting: ValuePainting): void {
    const { machine } = this;
    if (machine === null || !fits(machine, painting)) {
      this.fallback.paint(context, painting);
      return;
    }
    const axes = gridAxes(painting.grid, painting.matrix, painting.screen, 1);
    const { x, y, width, height } = coverageOf(axes);
    if (width === 0 || height === 0) return;
    this.makeRoom(width, height);
    this.draw(machine, painting, axes);
    context.drawImage(this.canvas, 0, 0, width, height, x, y, width, height);
  }

  /** Give the context back to the browser. */
  dispose(): void {
    this.machine?.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private draw(
    { gl, program, textures, across, down }: Machine,
    painting: ValuePainting,
    axes: GridAxes,
  ): void {
    const { grid, greys, overlay, matrix } = painting;
    const { width, height } = coverageOf(axes);
    across.write(axes.across);
    down.write(axes.down);
    const values = textures.of(grid.values, grid.width, grid.height);
    const maskOf = (of: ValueGrid) => (of.mask ? textures.of(of.mask, of.width, of.height) : values);
    const tableOf = (table: Uint32Array | Uint8ClampedArray) => textures.of(table, TABLE_SIDE, TABLE_SIDE);
    const colours = tableOf(greys);
    gl.viewport(0, this.canvas.height - height, width, height);
    program.draw(
      {
        across: across.texture,
        down: down.texture,
        values,
        mask: maskOf(grid),
        greys: colours,
        overValues: overlay ? textures.of(overlay.grid.values, grid.width, grid.height) : values,
        overMask: overlay ? maskOf(overlay.grid) : values,
        colours: overlay ? tableOf(overlay.colours) : values,
        blends: overlay ? tableOf(overlay.blends) : colours,
      },
      {
        isSideways: Number(isSideways(matrix)),
        isMasked: Number(grid.mask !== null),
        isOverlaid: Number(overlay !== null),
        isOverMasked: Number(overlay !== null && overlay.grid.mask !== null),
        top: this.canvas.height,
      },
    );
  }

  /** The canvas grows to the largest picture and stays: a new size costs new memory on the card. */
  private makeRoom(width: number, height: number): void {
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
  }
}

/** Whether all that a picture needs is there at the same time: nothing may leave the card before it is drawn. */
function fits({ textures, largestSide }: Machine, { grid, greys, overlay, screen }: ValuePainting): boolean {
  const arrays = [grid.values, grid.mask, greys, overlay?.grid.values, overlay?.grid.mask, overlay?.colours];
  const bytes = [...arrays, overlay?.blends].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
  const side = Math.max(grid.width, grid.height, screen.width, screen.height);
  return bytes <= textures.budgetBytes && side <= largestSide;
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}
