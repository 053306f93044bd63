// Loaded before everything else in the API tests, in their worker threads too: each file starts its own, which run the same.
import { enableCompileCache } from "node:module";
import { COMPILED } from "./compiled.ts";

enableCompileCache(COMPILED.NODE_COMPILE_CACHE);
