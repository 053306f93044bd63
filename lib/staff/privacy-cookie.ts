/** Where a browser keeps whether names and addresses are shown: in its storage and in a cookie, under the same name. Pure. */
export const PRIVACY = "eclipanel_admin_privacy";

export type Privacy = "hidden" | "visible";
