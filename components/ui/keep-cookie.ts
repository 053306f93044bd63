/** Keeps a cookie for all of the panel, in a browser: the cookie store that browsers have for this is missing over plain HTTP. */
export function keepCookie(name: string, value: string, seconds: number): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  Object.assign(document, { cookie: `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}` });
}
