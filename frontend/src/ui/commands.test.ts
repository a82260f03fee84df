import { expect, it } from "vitest";
import { viewerCommands } from "./commands";

it("gives every key to one command only", () => {
  const keys = viewerCommands().flatMap((command) => command.keys);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);

  expect(twice).toEqual([]);
});
