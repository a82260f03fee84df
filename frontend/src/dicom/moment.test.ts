import { describe, expect, it } from "vitest";
import { localDate, spokenMoment } from "./moment";

describe("moments", () => {
  it.each([
    ["2024-03-01T08:05", "Today 08:05"],
    ["2024-02-29T23:59", "Yesterday 23:59"],
    ["2024-02-28T10:00", "2024-02-28 10:00"],
    ["2024-03-01", "Today"],
    ["", ""],
  ])("says %s as %s", (moment, spoken) => {
    expect(spokenMoment(moment, "2024-03-01")).toBe(spoken);
  });

  it("pads the local date", () => {
    expect(localDate(new Date(2024, 0, 5))).toBe("2024-01-05");
  });
});
