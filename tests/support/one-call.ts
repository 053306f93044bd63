/** A panel in a process of its own, on the data of another: makes one call and prints the answer, unless it is killed before. */
const [dataDir = "", method = "GET", target = "", body = "", cookie = ""] = process.argv.slice(2);
Object.assign(process.env, { DATA_DIR: dataDir });
const { handleApi } = await import("#lib/api/http.ts");
const response = await handleApi(
  new Request(`http://localhost:3000/api${target}`, {
    method,
    headers: { origin: "http://localhost:3000", cookie, "content-type": "application/json" },
    body,
  }),
);
console.log(response.status, await response.text());
process.exit(0);

export {};
