import type { VolumeBlock } from "../api/volumeBlock";
import { lookTable, type VolumePreset } from "../dicom/volumePresets";
import type { Vector } from "../geometry/planes";
import type { Stance } from "../geometry/turning";
import { linkedProgram } from "./linkedProgram";
import { type BrickRanges, brickCeilings, brickRanges } from "./volumeBricks";
import { VOLUME_FRAGMENT, VOLUME_VERTEX } from "./volumeProgram";

const LOOKS = 1024;

/** Which part of the box is seen, as shares of its sides. */
export interface ClipBox {
  readonly low: Vector;
  readonly high: Vector;
}

export const WHOLE_BOX: ClipBox = { low: [0, 0, 0], high: [1, 1, 1] };

/** Everything that decides a picture but its size. */
export interface VolumeView {
  readonly stance: Stance;
  readonly clip: ClipBox;
  readonly isMaximum: boolean;
  readonly mmPerPixel: number;
  /** Where the middle of the box lies, in pixels of the picture. */
  readonly centre: readonly [number, number];
}

/** Rows of a picture, of a picture of that size. */
export interface Band {
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly rows: number;
}

/** Casts rays through a block on the graphics card, or on what stands in for one. */
export class VolumeCaster {
  readonly canvas = new OffscreenCanvas(1, 1);
  readonly boxMm: Vector;
  private readonly gl: WebGL2RenderingContext;
  private readonly program: WebGLProgram;
  private readonly looks: WebGLTexture;
  private readonly bricks: WebGLTexture;
  private readonly ranges: BrickRanges;

  /** @throws Error where the browser has no WebGL 2. */
  constructor(private readonly block: VolumeBlock) {
    const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (gl === null) throw new Error("This browser has no WebGL 2.");
    this.gl = gl;
    this.program = linkedProgram(gl, VOLUME_VERTEX, VOLUME_FRAGMENT);
    gl.useProgram(this.program);
    const { columns, rows, slices, spacingMm } = block;
    this.boxMm = [columns * spacingMm, rows * spacingMm, slices * spacingMm];
    this.uploadValues();
    this.looks = gl.createTexture();
    this.bricks = gl.createTexture();
    this.ranges = brickRanges(block);
    gl.uniform1i(this.place("looks"), 1);
    gl.uniform1i(this.place("bricks"), 2);
  }

  get isLost(): boolean {
    return this.gl.isContextLost();
  }

  setPreset(preset: VolumePreset): void {
    const { gl } = this;
    const table = lookTable(preset, this.block.lowest, this.block.highest, LOOKS);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.looks);
    smooth(gl, gl.TEXTURE_2D);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, LOOKS, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
    const { columns, rows, slices } = this.ranges;
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_3D, this.bricks);
    smooth(gl, gl.TEXTURE_3D);
    const ceilings = brickCeilings(this.ranges, table, preset.isMaximum);
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.R16F, columns, rows, slices, 0, gl.RED, gl.HALF_FLOAT, ceilings);
  }

  /** Draw some rows of a picture at the top of the canvas. `stepMm` is the distance of samples along a ray. */
  draw(view: VolumeView, band: Band, stepMm: number): void {
    const { gl, canvas, boxMm } = this;
    if (canvas.width < band.width) canvas.width = band.width;
    if (canvas.height < band.rows) canvas.height = band.rows;
    gl.viewport(0, canvas.height - band.rows, band.width, band.rows);
    const { right, down, forward } = view.stance;
    const corner = (shares: Vector): Vector => [
      (shares[0] - 0.5) * boxMm[0],
      (shares[1] - 0.5) * boxMm[1],
      (shares[2] - 0.5) * boxMm[2],
    ];
    const vectors = {
      right,
      down,
      forward,
      boxMm,
      lowMm: corner(view.clip.low),
      highMm: corner(view.clip.high),
    };
    for (const [name, vector] of Object.entries(vectors)) gl.uniform3fv(this.place(name), vector);
    gl.uniform2f(this.place("centrePx"), view.centre[0], view.centre[1] - band.from);
    gl.uniform1f(this.place("top"), canvas.height);
    gl.uniform1f(this.place("mmPerPixel"), view.mmPerPixel);
    gl.uniform1f(this.place("stepMm"), stepMm);
    gl.uniform1f(this.place("cubeMm"), this.block.spacingMm);
    gl.uniform1i(this.place("isMaximum"), Number(view.isMaximum));
    // What earlier pictures left beside this one would shine through where a browser smooths its edge.
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private place(name: string): WebGLUniformLocation | null {
    return this.gl.getUniformLocation(this.program, name);
  }

  private uploadValues(): void {
    const { gl } = this;
    const { columns, rows, slices, halves } = this.block;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_3D, gl.createTexture());
    smooth(gl, gl.TEXTURE_3D);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.R16F, columns, rows, slices, 0, gl.RED, gl.HALF_FLOAT, halves);
  }
}

function smooth(gl: WebGL2RenderingContext, target: GLenum): void {
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(target, filter, gl.LINEAR);
  for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
    gl.texParameteri(target, wrap, gl.CLAMP_TO_EDGE);
  }
}
