/** How the daemon asks the panel: again where the panel is in trouble, never where it was refused. */
import { Configuration, type PanelCall, type Wings, type WingsConfig } from "./state.ts";

/** The headers with which it calls the panel. */
export const headersOf = (
  { token_id, token }: Pick<WingsConfig, "token_id" | "token">,
  version = "1.11.13",
): Record<string, string> => ({
  authorization: `Bearer ${token_id}.${token}`,
  accept: "application/vnd.pterodactyl.v1+json",
  "content-type": "application/json",
  "user-agent": `Pterodactyl Wings/v${version} (id:${token_id})`,
});

/** Over the network, to where its configuration says that the panel is. */
export const overNetwork =
  (wings: Pick<Wings, "config">): PanelCall =>
  async (method, target, body, headers) => {
    const response = await fetch(`${wings.config?.remote}/api${target}`, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };

/** The answer was no success. */
export class PanelRefused extends Error {
  readonly status: number;
  constructor(status: number, path: string) {
    super(`The panel answered ${path} with ${status}.`);
    this.status = status;
  }
}

const ATTEMPTS = 3;

export async function askPanel(wings: Wings, method: string, path: string, body?: unknown): Promise<unknown> {
  if (!wings.config) throw new PanelRefused(401, path);
  for (let attempt = 1; ; attempt++) {
    // Go writes nothing as null.
    const sent = method === "POST" && body === undefined ? "null" : body;
    const answer = await wings
      .panel(method, `/remote${path}`, sent, headersOf(wings.config, wings.version))
      .catch(() => ({ status: 503, body: null }));
    wings.told.push({ method, path, body: body ?? null, status: answer.status });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    if (answer.status < 500 || attempt === ATTEMPTS) throw new PanelRefused(answer.status, path);
  }
}

/** What the panel says of a server. Throws where it says nothing, or what the daemon cannot read. */
export async function fetchServer(wings: Wings, uuid: string): Promise<Configuration> {
  const configuration = Configuration.parse(await askPanel(wings, "GET", `/servers/${uuid}`));
  if (configuration.settings.uuid !== uuid) throw new Error("The panel told of another server.");
  return configuration;
}
