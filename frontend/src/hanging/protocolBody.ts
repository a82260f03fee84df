import type { Criteria, HungViewport, Screen, Stage } from "./protocol";

/** A protocol in the words of the server. */
export function protocolBody(name: string, criteria: Criteria, stages: readonly Stage[]): unknown {
  return { name, criteria: criteriaBody(criteria), stages: stages.map(stageBody) };
}

function criteriaBody(criteria: Criteria): unknown {
  const { bodyParts, viewPositions, leastPriors, leastPictures, ...rest } = criteria;
  return {
    ...rest,
    body_parts: bodyParts,
    view_positions: viewPositions,
    least_priors: leastPriors,
    least_pictures: leastPictures,
  };
}

function stageBody({ name, link, secondScreen, ...screen }: Stage): unknown {
  return { ...screenBody(screen), name, link, second_screen: secondScreen && screenBody(secondScreen) };
}

function screenBody({ layout, rows, columns, viewports }: Screen): Readonly<Record<string, unknown>> {
  return { layout, rows, columns, viewports: viewports.map(viewportBody) };
}

function viewportBody({ chestWall, series, fusion, ...rest }: HungViewport): unknown {
  const { viewPositions, ...selector } = series;
  return {
    ...rest,
    chest_wall: chestWall,
    series: { ...selector, view_positions: viewPositions },
    fusion: fusion && {
      modality: fusion.modality,
      palette: fusion.palette,
      opacity_percent: fusion.opacityPercent,
      lowest: fusion.lowest,
      highest: fusion.highest,
    },
  };
}
