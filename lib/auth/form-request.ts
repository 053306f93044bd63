/** What next-auth may see of a request: from this very site, small, and a form. */
import { NextRequest } from "next/server.js";
import { Problem } from "#lib/api/errors.ts";
import { assertSameOrigin } from "#lib/api/request.ts";
import { readBody } from "#lib/http/body.ts";

/** Addresses, passwords, codes and a passkey's answer: nothing that comes here is long. In bytes. */
const MAX_BODY = 16 * 1024;

/** The request with its body read. Fields of a form are text; JSON could bring others. Throws a Problem. */
export async function formRequest(request: Request): Promise<NextRequest> {
  const { method, headers, url } = request;
  if (method !== "POST") return new NextRequest(url, { method, headers });
  assertSameOrigin(headers);
  const body = new Uint8Array(await readBody(request, MAX_BODY));
  if (body.length > 0 && !/^application\/x-www-form-urlencoded\b/i.test(headers.get("content-type") ?? ""))
    throw new Problem("unsupported_media_type", "Send the body as application/x-www-form-urlencoded.");
  return new NextRequest(url, { method, headers, body });
}
