/** The production build that the e2e tests look at, made once before any of them starts. */
import { build } from "../../scripts/start.mjs";

export const setup = (): void => {
  build();
};
