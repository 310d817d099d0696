// Lighthouse's own scoring: the score of each metric by its audit's control points, and the category's mean.
import { Audit } from "lighthouse";
import config from "lighthouse/core/config/default-config.js";
import { ReportScoring } from "lighthouse/core/scoring.js";
import { serve, versions } from "./serve.mjs";

const { auditRefs } = config.categories.performance;
const scored = auditRefs.filter(({ weight }) => weight > 0);
const audits = await Promise.all(
  scored.map(async ({ id, weight }) => {
    const audit = await import(`lighthouse/core/audits/metrics/${id}.js`);
    const options = audit.default.defaultOptions;
    return { id, weight, curve: (options.mobile ?? options).scoring ?? options };
  }),
);

/** Scores of vectors; a vector has one value for each metric by its name. */
function score({ vectors }) {
  return vectors.map((values) => {
    const items = audits.map(({ id, weight, curve }) => ({
      id,
      weight,
      score: Audit.computeLogNormalScore(curve, values[id]),
    }));
    const metrics = Object.fromEntries(items.map(({ id, score }) => [id, score]));
    return { metrics, category: ReportScoring.arithmeticMean(items) };
  });
}

await serve(versions("lighthouse"), score);
