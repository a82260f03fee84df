/** One triangle over the whole viewport. */
export const VOLUME_VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/**
 * Parallel rays through a box of values, in mm of the patient from the middle of the box.
 *
 * Along each ray colours are laid over each other from the front, with a light at the viewer's eye, or the highest value
 * is kept.
 */
export const VOLUME_FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;

uniform sampler3D values;
uniform sampler2D looks;
uniform highp sampler3D bricks;
uniform vec3 right, down, forward;
uniform vec3 boxMm, lowMm, highMm;
uniform vec2 centrePx;
uniform float top, mmPerPixel, stepMm, cubeMm;
uniform bool isMaximum;
out vec4 pixel;

const int MOST_STEPS = 4096;
const float LOOKS = 1024.0;
const float BRICK = 8.0;

float valueAt(vec3 mm) {
  return texture(values, mm / boxMm + 0.5).r;
}

vec4 lookOf(float share) {
  return texture(looks, vec2((share * (LOOKS - 1.0) + 0.5) / LOOKS, 0.5));
}

// How far it is to the end of the brick around a place, in whole steps, so that samples stay where they were.
float stepsLeft(vec3 cubes, vec3 brick, vec3 cubesPerMm) {
  vec3 borders = (brick + step(0.0, cubesPerMm)) * BRICK;
  vec3 mm = (borders - cubes) / cubesPerMm;
  return max(1.0, ceil(min(min(mm.x, mm.y), mm.z) / stepMm));
}

vec3 lit(vec3 colour, vec3 mm) {
  vec3 slope = vec3(
    valueAt(mm + vec3(cubeMm, 0.0, 0.0)) - valueAt(mm - vec3(cubeMm, 0.0, 0.0)),
    valueAt(mm + vec3(0.0, cubeMm, 0.0)) - valueAt(mm - vec3(0.0, cubeMm, 0.0)),
    valueAt(mm + vec3(0.0, 0.0, cubeMm)) - valueAt(mm - vec3(0.0, 0.0, cubeMm)));
  float steepness = length(slope);
  if (steepness < 1e-4) return colour;
  float facing = abs(dot(slope, forward)) / steepness;
  return colour * (0.25 + 0.75 * facing) + 0.25 * pow(facing, 30.0);
}

void main() {
  vec2 place = (vec2(gl_FragCoord.x, top - gl_FragCoord.y) - centrePx) * mmPerPixel;
  vec3 origin = right * place.x + down * place.y;
  // A ray along a face has no slope there: a trace of one keeps the division whole.
  vec3 slope = mix(forward, vec3(1e-6), lessThan(abs(forward), vec3(1e-6)));
  vec3 one = (lowMm - origin) / slope;
  vec3 other = (highMm - origin) / slope;
  vec3 enter = min(one, other);
  vec3 leave = max(one, other);
  float along = max(max(enter.x, enter.y), enter.z);
  float end = min(min(leave.x, leave.y), leave.z);
  // Neighbouring rays start apart, so that layers do not show as rings.
  along += stepMm * fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  vec4 seen = vec4(0.0);
  // What lies in a brick matters above this: above the highest value so far, or everything that can be seen at all.
  float highest = -0.5;
  vec3 cubesPerMm = slope / cubeMm;
  for (int count = 0; count < MOST_STEPS && along < end && seen.a < 0.98; count += 1) {
    vec3 mm = origin + forward * along;
    vec3 cubes = (mm + boxMm * 0.5) / cubeMm;
    vec3 brick = clamp(floor(cubes / BRICK), vec3(0.0), vec3(textureSize(bricks, 0) - 1));
    if (texelFetch(bricks, ivec3(brick), 0).r <= highest) {
      along += stepMm * stepsLeft(cubes, brick, cubesPerMm);
      continue;
    }
    float share = valueAt(mm);
    if (isMaximum) highest = max(highest, share);
    else {
      vec4 look = lookOf(share);
      if (look.a > 0.004) {
        float opacity = 1.0 - pow(1.0 - min(look.a, 0.999), stepMm);
        seen += vec4(lit(look.rgb, mm) * opacity, opacity) * (1.0 - seen.a);
      }
    }
    along += stepMm;
  }
  if (isMaximum) seen.rgb = highest < 0.0 ? vec3(0.0) : lookOf(highest).rgb;
  pixel = vec4(seen.rgb, 1.0);
}`;
