/** Eggs for pictures, as other panels export them, and stand-ins for the programs that they start. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const variable = (name: string, env: string, value: string, rules: string, description: string, open = true) => ({
  name,
  description,
  env_variable: env,
  default_value: value,
  user_viewable: open,
  user_editable: open,
  rules,
  field_type: "text",
});

const egg = (given: {
  name: string;
  description: string;
  images: Record<string, string>;
  startup: string;
  done: string;
  stop: string;
  script: string;
  variables: ReturnType<typeof variable>[];
}) =>
  JSON.stringify({
    meta: { version: "PTDL_v2", update_url: null },
    exported_at: "2026-03-01T10:00:00+00:00",
    name: given.name,
    author: "eggs@northwind.example",
    description: given.description,
    features: [],
    docker_images: given.images,
    file_denylist: ["*.pem"],
    startup: given.startup,
    config: { files: "{}", startup: JSON.stringify({ done: given.done }), logs: "{}", stop: given.stop },
    scripts: { installation: { script: given.script, container: "registry.example/installer:1", entrypoint: "sh" } },
    variables: given.variables,
  });

/** Its installation lasts until `GO` lies in the folder. */
export const GO = ".installed";

export const eggs = {
  paper: egg({
    name: "Paper",
    description: "A Minecraft server that runs plugins for Bukkit and Spigot.",
    images: { "Java 21": "registry.example/yolks:java_21", "Java 17": "registry.example/yolks:java_17" },
    startup:
      "java -Xms128M -XX:MaxRAMPercentage=95.0 -Dterminal.jline=false -Dterminal.ansi=true -jar {{SERVER_JARFILE}}",
    done: ')! For help, type "',
    stop: "stop",
    script: "exit 0",
    variables: [
      variable("Minecraft version", "MINECRAFT_VERSION", "latest", "nullable|string|max:20", "Which version to get."),
      variable(
        "Server file",
        "SERVER_JARFILE",
        "server.jar",
        "required|regex:/^([\\w\\d._-]+)(\\.jar)$/",
        "The name of the file that is run.",
      ),
      variable("Players", "MAX_PLAYERS", "20", "required|integer|between:1,200", "How many can play at once."),
      variable("Build", "BUILD_NUMBER", "latest", "required|string|max:20", "Set by staff.", false),
    ],
  }),
  node: egg({
    name: "Node.js application",
    description: "Gets a repository, installs its packages, and runs one file of it.",
    images: { "Node 24": "registry.example/yolks:nodejs_24", "Node 22": "registry.example/yolks:nodejs_22" },
    startup: "npm start -- {{MAIN_FILE}} {{NODE_ARGS}}",
    done: "Listening on",
    stop: "^C",
    script: "exit 0",
    variables: [
      variable(
        "Repository",
        "GIT_ADDRESS",
        "",
        "nullable|string|max:200",
        "Where the code is, such as an address of Git.",
      ),
      variable("Branch", "BRANCH", "main", "nullable|string|max:100", "Left empty: the repository’s own."),
      variable("Main file", "MAIN_FILE", "index.js", "required|string|max:100", "What is run."),
      variable(
        "Packages besides",
        "NODE_PACKAGES",
        "",
        "nullable|string|max:500",
        "Names of packages, with spaces between.",
      ),
      variable("Arguments", "NODE_ARGS", "", "nullable|string|max:200", "What the program is given."),
      variable("Update at each start", "AUTO_UPDATE", "1", "required|boolean", "1 fetches the code before it runs."),
    ],
  }),
  slow: egg({
    name: "Factorio",
    description: "A dedicated server of Factorio. What it gets is large: the installation takes a while.",
    images: { Debian: "registry.example/yolks:debian" },
    startup: "factorio --port {{SERVER_PORT}} --start-server saves/{{SAVE_NAME}}.zip",
    done: "Hosting game at",
    stop: "^C",
    script: `while [ ! -e ${GO} ]; do sleep 0.2; done`,
    variables: [
      variable("Save", "SAVE_NAME", "gamesave", "required|alpha_dash|between:1,100", "The name of the saved game."),
      variable("Slots", "MAX_SLOTS", "20", "required|integer|min:1", "How many can play at once."),
    ],
  }),
};

const java = `#!/bin/sh
t=$(date +%H:%M:%S)
echo "Starting org.bukkit.craftbukkit.Main"
echo "[$t INFO]: Starting minecraft server version 1.21.8"
echo "[$t INFO]: Loading properties"
echo "[$t INFO]: Default game type: SURVIVAL"
echo "[$t INFO]: Starting Minecraft server on $SERVER_IP:$SERVER_PORT"
echo "[$t WARN]: The plugin DynamicMap asks for a newer version of the panel of maps; it is loaded all the same."
echo "[$t INFO]: Preparing level \\"world\\""
echo "[$t INFO]: Preparing spawn area: 84%"
echo "[$t INFO]: Done (6.214s)! For help, type \\"help\\""
while read -r line; do
  [ "$line" = stop ] && exit
  echo "[$t INFO]: There are 3 of a max of 20 players online: Ada, Kofi, Guðrún"
done
`;
const npm = `#!/bin/sh
echo "> storefront@4.2.0 start"
echo "Listening on $SERVER_IP:$SERVER_PORT"
while read -r line; do echo "$line"; done
`;

/** Puts the programs in front of those of this machine, for what this process starts. */
export function standIns(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "demo-programs-"));
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries({ java, npm }))
    writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  process.env.PATH = `${folder}:${process.env.PATH}`;
  return folder;
}
