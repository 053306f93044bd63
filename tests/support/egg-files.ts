/** Eggs as other panels export them, written for tests. */

export const paper = {
  _comment: "Made by another panel.",
  meta: { version: "PTDL_v2", update_url: null },
  exported_at: "2025-03-01T10:00:00+00:00",
  name: "Paper",
  author: "eggs@example.org",
  description: "A server for block games.",
  features: ["eula", "java_version", "pid_limit"],
  docker_images: { "Java 21": "registry.example/java:21", "Java 17": "registry.example/java:17" },
  file_denylist: ["*.key"],
  startup: "java -Xms128M -Xmx{{SERVER_MEMORY}}M -jar {{SERVER_JARFILE}}",
  config: {
    files:
      '{\r\n    "server.properties": {\r\n        "parser": "properties",\r\n        "find": {\r\n            "server-port": "{{server.build.default.port}}"\r\n        }\r\n    }\r\n}',
    startup: '{\r\n    "done": ")! For help, type "\r\n}',
    logs: "{}",
    stop: "stop",
  },
  scripts: {
    installation: {
      script: "#!/bin/ash\r\necho done\r\n",
      container: "registry.example/installer:1",
      entrypoint: "ash",
    },
  },
  variables: [
    {
      name: "Server file",
      description: "What is run.",
      env_variable: "SERVER_JARFILE",
      default_value: "server.jar",
      user_viewable: true,
      user_editable: true,
      rules: "required|regex:/^([\\w\\d._-]+)(\\.jar)$/",
      field_type: "text",
    },
    {
      name: "Players",
      description: "",
      env_variable: "MAX_PLAYERS",
      default_value: "20",
      user_viewable: true,
      user_editable: true,
      rules: "required|integer|between:1,200",
      field_type: "text",
    },
    {
      name: "Build",
      description: "",
      env_variable: "BUILD",
      default_value: "latest",
      user_viewable: false,
      user_editable: false,
      rules: "nullable|string|max:20",
      field_type: "text",
    },
  ],
};

export const forge = {
  meta: { version: "PTDL_v1" },
  name: "Forge",
  author: "eggs@example.org",
  description: null,
  images: ["java:8", "java:11"],
  startup: "java -jar server.jar",
  config: { files: "{}", startup: '{"done": "Done", "userInteraction": []}', logs: "[]", stop: "^C" },
  scripts: { installation: { script: "", container: "alpine:3.4", entrypoint: "ash" } },
  variables: [
    {
      name: "Version",
      description: "",
      env_variable: "MC_VERSION",
      default_value: "latest",
      user_viewable: 1,
      user_editable: 0,
      rules: "required|string|max:20",
    },
  ],
};

export const pelican = {
  meta: { version: "PLCN_v3", update_url: null },
  uuid: "5d5b6b1c-0000-4000-8000-000000000001",
  name: "Quick",
  author: "eggs@example.org",
  description: "",
  tags: ["games"],
  features: [],
  docker_images: { One: "image:1" },
  file_denylist: [],
  startup_commands: { Quick: "./server --quick", Slow: "./server --slow" },
  config: { files: "{}", startup: '{"done": "up"}', logs: "{}", stop: "stop" },
  scripts: { installation: { script: "", container: "", entrypoint: "" } },
  variables: [
    {
      sort: 1,
      name: "Mode",
      description: "",
      env_variable: "MODE",
      default_value: "a",
      user_viewable: true,
      user_editable: true,
      rules: ["required", "regex:/^(a|b)$/"],
    },
  ],
};
