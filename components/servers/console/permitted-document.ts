/**
 * The terminal writes style elements and style attributes, neither of which the page's policy lets in as they are. Elements from
 * here carry the page's nonce, and set their style through the object model, which is no inline style.
 */

/** What the terminal makes elements with, for as long as it lives. */
export const permittedDocument = (): Document =>
  new Proxy(document, {
    get: (target, name) => {
      if (name === "createElement") return permitted(target.createElement.bind(target));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

/** One of its style elements it makes with the page's own document, whatever it was given, and while it opens. */
export function whilePermitted(open: () => void): void {
  document.createElement = permitted(Document.prototype.createElement.bind(document));
  try {
    open();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}

type Create = (name: string, options?: ElementCreationOptions) => HTMLElement;

const permitted =
  (create: Create): Create =>
  (name, options) => {
    const element = create(name, options);
    const nonce = (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__;
    if (name === "style" && nonce !== undefined) element.nonce = nonce;
    const set = element.setAttribute.bind(element);
    element.setAttribute = (attribute, value) => {
      if (attribute === "style") element.style.cssText = value;
      else set(attribute, value);
    };
    return element;
  };
