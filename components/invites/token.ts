/**
 * The token of an invitation in this tab. It comes in the address's fragment, is taken out of it so that it ends up in
 * no history, and waits in the tab's storage while one signs in.
 */
const KEY = "zonegate.invite";

/** Empty if there is none. */
export function takeToken(): string {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (token === null) return read();
  window.history.replaceState(null, "", window.location.pathname);
  try {
    window.sessionStorage.setItem(KEY, token);
  } catch {
    // A browser without storage: the link has to be opened again after signing in.
  }
  return token;
}

export function forgetToken(): void {
  try {
    window.sessionStorage.removeItem(KEY);
  } catch {
    // Then it was never kept.
  }
}

function read(): string {
  try {
    return window.sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
