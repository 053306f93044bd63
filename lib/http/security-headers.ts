/** The headers that every answer carries, whoever makes it. */

interface Situation {
  /** Fresh for each request, base64: what a script or style must carry to run. */
  nonce: string;
  /** People open the panel over https. */
  https: boolean;
  development: boolean;
  /** What the page's scripts may call besides the panel: the node of the server that it is about. */
  reach?: string | null;
}

/**
 * The toast library adds its own style element, without a nonce and empty at first: the hashes of both states.
 * tests/unit/security-headers.test.ts compares them with the package that is installed.
 */
export const TOAST_STYLES = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='",
];

export function securityHeaders({ nonce, https, development, reach }: Situation): Record<string, string> {
  return {
    "content-security-policy": policy({
      "default-src": "'none'",
      // What a trusted script loads is trusted; anything else in the page is not, whatever its address.
      "script-src": `'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
      "style-src": development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}' ${TOAST_STYLES.join(" ")}`,
      "img-src": "'self' data: blob:",
      "font-src": "'self'",
      "connect-src": reach ? `'self' ${reach}` : "'self'",
      "manifest-src": "'self'",
      "worker-src": "'self'",
      "form-action": "'self'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
      ...(https ? { "upgrade-insecure-requests": "" } : {}),
    }),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy":
      "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(https ? { "strict-transport-security": "max-age=63072000" } : {}),
  };
}

const policy = (directives: Record<string, string>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join("; ");
