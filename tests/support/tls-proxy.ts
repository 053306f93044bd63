/** A reverse proxy that speaks TLS in front of a panel, as a production set-up has it. Its certificate is nobody's. */
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

/** Made for tests, signed by itself, for panel.example.org. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUTQa2lUQxlB+IeO2JEzXpqMuyzX4wCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRcGFuZWwuZXhhbXBsZS5vcmcwIBcNMjYxMTIxMTgyODA4WhgP
MjEyNjEwMjgxODI4MDhaMBwxGjAYBgNVBAMMEXBhbmVsLmV4YW1wbGUub3JnMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEakQJl3ko4v38wyw9AXt2SgK8IRXFE3Zo
649yJQ0gGjSdoeN+ouFqJ576WnjlLuucUPvxC7ohL5djjTHYl+jSlKNxMG8wHQYD
VR0OBBYEFPpI7EC7UpRuUhcBa7v4hbE+r/RcMB8GA1UdIwQYMBaAFPpI7EC7UpRu
UhcBa7v4hbE+r/RcMA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IRcGFuZWwu
ZXhhbXBsZS5vcmcwCgYIKoZIzj0EAwIDSAAwRQIgIQyHVYlpUHjSjOQ5C8VB3FN6
fGG1qAgTjPsDOX6t7C0CIQCYMJZSXfhp766+XcWmfcFvUhS0B4rmzuKxIaQabQ9e
Sw==
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZFHQnT1WjZDfUeeZ
yip37tE8LcWcqkrSry4PgtgRbvahRANCAARqRAmXeSji/fzDLD0Be3ZKArwhFcUT
dmjrj3IlDSAaNJ2h436i4WonnvpaeOUu65xQ+/ELuiEvl2ONMdiX6NKU
-----END PRIVATE KEY-----`;

export interface TlsProxy {
  port: number;
  close(): Promise<void>;
}

/** Hands everything on to `target`, and says in X-Forwarded-For whom it is from. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
  const { hostname, port } = new URL(target);
  const proxy = createServer({ cert, key }, (incoming, answer) => {
    const headers = {
      ...incoming.headers,
      "x-forwarded-for": incoming.socket.remoteAddress,
      "x-forwarded-proto": "https",
    };
    const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.once("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
