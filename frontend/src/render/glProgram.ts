import { linkedProgram } from "./linkedProgram";

const VERTEX = `#version 300 es
void main() {
  // One triangle that covers the viewport.
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** The arithmetic of resample.ts and blend.ts, in whole numbers of 32 bits, so that it yields the same pixels. */
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D across, down;
uniform usampler2D values, mask, greys;
uniform usampler2D overValues, overMask, colours, blends;
uniform bool isSideways, isMasked, isOverlaid, isOverMasked;
uniform int top;
out vec4 pixel;

// low column, high column, low row, high row; and the weights of the high ones in 256ths.
struct Place { ivec4 at; uvec2 weight; };

bool valueAt(usampler2D source, usampler2D masked, bool hasMask, Place place, out uint stored) {
  ivec4 at = place.at;
  if (hasMask) {
    uint touched = texelFetch(masked, at.xz, 0).r | texelFetch(masked, at.yz, 0).r
      | texelFetch(masked, at.xw, 0).r | texelFetch(masked, at.yw, 0).r;
    if (touched != 0u) {
      ivec2 nearest = ivec2(place.weight.x < 128u ? at.x : at.y, place.weight.y < 128u ? at.z : at.w);
      stored = texelFetch(source, nearest, 0).r;
      return texelFetch(masked, nearest, 0).r == 0u;
    }
  }
  uvec2 high = place.weight;
  uvec2 low = 256u - high;
  uint upper = texelFetch(source, at.xz, 0).r * low.x + texelFetch(source, at.yz, 0).r * high.x;
  uint lower = texelFetch(source, at.xw, 0).r * low.x + texelFetch(source, at.yw, 0).r * high.x;
  stored = (upper * low.y + lower * high.y + 32768u) >> 16u;
  return true;
}

void main() {
  uvec4 x = texelFetch(across, ivec2(int(gl_FragCoord.x), 0), 0);
  uvec4 y = texelFetch(down, ivec2(top - 1 - int(gl_FragCoord.y), 0), 0);
  uvec4 column = isSideways ? y : x;
  uvec4 row = isSideways ? x : y;
  Place place = Place(ivec4(column.xy, row.xy), uvec2(column.z, row.z));
  uvec4 found = uvec4(0u, 0u, 0u, 255u);
  uint stored;
  if (valueAt(values, mask, isMasked, place, stored)) {
    found = texelFetch(greys, ivec2(stored & 255u, stored >> 8u), 0);
  }
  if (isOverlaid && valueAt(overValues, overMask, isOverMasked, place, stored)) {
    uint colour = texelFetch(colours, ivec2(stored & 255u, stored >> 8u), 0).r;
    found = texelFetch(blends, ivec2(colour, found.g), 0);
  }
  pixel = vec4(found) / 255.0;
}`;

const SAMPLERS = [
  "across",
  "down",
  "values",
  "mask",
  "greys",
  "overValues",
  "overMask",
  "colours",
  "blends",
] as const;
const NUMBERS = ["isSideways", "isMasked", "isOverlaid", "isOverMasked", "top"] as const;

export type Sampled = Readonly<Record<(typeof SAMPLERS)[number], WebGLTexture>>;
export type Numbers = Readonly<Record<(typeof NUMBERS)[number], number>>;

/** The shaders, linked, with a place for everything that they read. */
export class GlProgram {
  private readonly places: ReadonlyMap<string, WebGLUniformLocation | null>;

  /** @throws Error where the driver refuses the shaders. */
  constructor(private readonly gl: WebGL2RenderingContext) {
    const program = linkedProgram(gl, VERTEX, FRAGMENT);
    gl.useProgram(program);
    this.places = new Map(
      [...SAMPLERS, ...NUMBERS].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
    for (const [unit, name] of SAMPLERS.entries()) gl.uniform1i(this.places.get(name) ?? null, unit);
  }

  /** Fill the viewport of the context. */
  draw(sampled: Sampled, numbers: Numbers): void {
    const { gl } = this;
    SAMPLERS.forEach((name, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, sampled[name]);
    });
    for (const name of NUMBERS) gl.uniform1i(this.places.get(name) ?? null, numbers[name]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
