/** The theme a person chose, in a cookie that the server reads before it renders <html>. */
export type Theme = "light" | "dark" | "system";

export const THEME_COOKIE = "theme";

/** The value of <html data-theme>: nothing for "system", which the style sheet settles by itself. */
export const themeAttribute = (cookie: string | undefined): "light" | "dark" | undefined =>
  cookie === "light" || cookie === "dark" ? cookie : undefined;
