import { defineConfig } from "vitest/config";

const entrypoints = [
  "base",
  "worklist",
  "examinations",
  "corrections",
  "patient",
  "wall",
  "viewer",
  "upload",
];

export default defineConfig({
  // Addresses inside the bundle stay relative, so any STATIC_URL serves it.
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    // A data: address would break font-src and script-src of the content security policy.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: Object.fromEntries(entrypoints.map((name) => [name, `src/entrypoints/${name}.ts`])),
    },
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
