import { ByteLru, type Sized } from "../core/byteLru";
import type { Axis } from "./resample";

export type TextureSource = Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array;

interface HeldTexture extends Sized {
  readonly texture: WebGLTexture;
}

/** Textures of arrays that do not change, each made once and kept within a budget of bytes. */
export class GlTextures {
  private readonly names = new WeakMap<TextureSource, string>();
  private readonly held: ByteLru<HeldTexture>;
  private named = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    readonly budgetBytes: number,
  ) {
    this.held = new ByteLru<HeldTexture>(budgetBytes, ({ texture }) => gl.deleteTexture(texture));
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  /** Of values, a mask, or pixels with four bytes each; read by whole numbers. */
  of(source: TextureSource, width: number, height: number): WebGLTexture {
    const name = this.nameOf(source);
    const known = this.held.get(name);
    if (known) return known.texture;
    const texture = wholeNumberTexture(this.gl);
    upload(this.gl, source, width, height);
    this.held.set(name, { texture, bytes: source.byteLength });
    return texture;
  }

  private nameOf(source: TextureSource): string {
    const known = this.names.get(source);
    if (known !== undefined) return known;
    this.named += 1;
    const name = String(this.named);
    this.names.set(source, name);
    return name;
  }
}

/** One row that is written anew for each picture: what each device pixel of an axis reads. */
export class AxisTexture {
  readonly texture: WebGLTexture;
  private texels = new Uint16Array(0);

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.texture = wholeNumberTexture(gl);
  }

  write({ low, high, weight }: Axis): void {
    const { gl } = this;
    if (this.texels.length < low.length * 4) this.texels = new Uint16Array(low.length * 4);
    for (let index = 0; index < low.length; index += 1) {
      this.texels[index * 4] = low[index] as number;
      this.texels[index * 4 + 1] = high[index] as number;
      this.texels[index * 4 + 2] = weight[index] as number;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.RGBA16UI,
      low.length,
      1,
      0,
      gl.RGBA_INTEGER,
      gl.UNSIGNED_SHORT,
      this.texels,
    );
  }
}

/** A texture that is bound. Whole numbers are incomplete, and read as 0, with any filter but NEAREST. */
function wholeNumberTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return texture;
}

function upload(gl: WebGL2RenderingContext, source: TextureSource, width: number, height: number): void {
  const [format, channels, type] =
    source instanceof Uint16Array
      ? [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT]
      : source instanceof Uint32Array
        ? [gl.RGBA8UI, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE]
        : [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE];
  const texels =
    source instanceof Uint16Array
      ? source
      : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, channels, type, texels);
}
