/** Which release of the panel this is. */
import about from "../package.json" with { type: "json" };

export const release: string = about.version;
