import { t } from "../core/i18n";

/** What the server calls the regions of the body, as a heading; another name stands for itself. */
const NAMES: Readonly<Record<string, string>> = {
  head: t("Head"),
  neck: t("Neck"),
  chest: t("Chest"),
  heart: t("Heart"),
  breast: t("Breast"),
  abdomen: t("Abdomen"),
  pelvis: t("Pelvis"),
  spine: t("Spine"),
  "cervical spine": t("Cervical spine"),
  "thoracic spine": t("Thoracic spine"),
  "lumbar spine": t("Lumbar spine"),
  shoulder: t("Shoulder"),
  elbow: t("Elbow"),
  forearm: t("Forearm"),
  hand: t("Hand"),
  hip: t("Hip"),
  thigh: t("Thigh"),
  knee: t("Knee"),
  "lower leg": t("Lower leg"),
  foot: t("Foot"),
};

/** The name of a region of the body for a reader. */
export function bodyRegionName(region: string): string {
  return NAMES[region] ?? region;
}
