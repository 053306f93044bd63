/** Libraries that add style elements look here for the page's nonce, without which the browser refuses them. */
"use client";

if (typeof document !== "undefined") {
  const nonce = document.querySelector<HTMLElement>("script[nonce]")?.nonce;
  Object.assign(globalThis, { __webpack_nonce__: nonce });
}

/** Stands once, in the root layout. */
export const StyleNonce = () => null;
