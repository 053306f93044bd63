/** What a check of the installation found. */
export interface Finding {
  check: string;
  status: "ok" | "warning" | "problem";
  /** A sentence. */
  message: string;
  /** What to do about it; null where there is nothing to do. */
  advice: string | null;
}

export const ok = (check: string, message: string): Finding => ({ check, status: "ok", message, advice: null });
export const warning = (check: string, message: string, advice: string): Finding => ({
  check,
  status: "warning",
  message,
  advice,
});
export const problem = (check: string, message: string, advice: string): Finding => ({
  check,
  status: "problem",
  message,
  advice,
});
