// Runs bcrypt away from the thread that answers requests.
import { parentPort } from "node:worker_threads";
import bcrypt from "bcryptjs";

parentPort?.on("message", ({ id, op, password, hash }) => {
  const value = op === "hash" ? bcrypt.hashSync(password, 12) : bcrypt.compareSync(password, hash);
  parentPort.postMessage({ id, value });
});
