/** What of the panel can be rolled out: nothing else can, so that no rollout is about nothing. Pure. */
export const features = {
  "records.density": {
    title: "Denser records",
    help: "More records of a zone fit on a screen.",
    treatments: ["compact", "dense"],
  },
} as const;

export type FeatureKey = keyof typeof features;
export const featureKeys = Object.keys(features) as [FeatureKey, ...FeatureKey[]];
