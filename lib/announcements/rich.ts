/** Markdown as a small tree that says nothing but what it lists: no raw HTML, no images, links to http, https and mailto alone. */
import type { PhrasingContent, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import * as z from "zod";

const tags = ["p", "h3", "h4", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote", "hr", "br"] as const;

export interface RichElement {
  tag: (typeof tags)[number];
  /** Of a link. */
  href?: string | undefined;
  children: Rich[];
}
export type Rich = string | RichElement;

export const RichShape: z.ZodType<Rich> = z.lazy(() =>
  z.union([z.string(), z.object({ tag: z.enum(tags), href: z.string().optional(), children: z.array(RichShape) })]),
);

/** What it takes long to read, and nobody writes, stands there as it was written. */
export const richOf = (markdown: string): Rich[] =>
  isTangled(markdown)
    ? [{ tag: "pre", children: [markdown] }]
    : fromMarkdown(markdown).children.flatMap((node) => rich(node, markdown));

const MOST_NESTED = 8;
/** Lines, each of which may be a point of a list or underline a heading, and what may begin or end something within one: looking for pairs takes time as their square. */
const MOST_LINES = 1000;
const MOST_MARKS = 2000;

/** Quotes and points of lists that begin in one line, unless it is a line across. */
const NESTED = new RegExp(
  `^(?![ \\t]*([*_-])(?:[ \\t]*\\1)+[ \\t]*$)(?:[ \\t]*(?:>|(?:[*+-]|\\d{1,9}[.)])[ \\t])){${MOST_NESTED + 1}}`,
  "m",
);

function isTangled(markdown: string): boolean {
  const number = (of: RegExp) => markdown.match(of)?.length ?? 0;
  return number(/\r\n?|\n/g) >= MOST_LINES || number(/[*_[\]`<&\\]/g) > MOST_MARKS || NESTED.test(markdown);
}

type Node = RootContent | PhrasingContent;

function rich(node: Node, source: string): Rich[] {
  const inside = (children: readonly Node[]): Rich[] => children.flatMap((child) => rich(child, source));
  switch (node.type) {
    case "text":
      return [node.value];
    case "paragraph":
      return [{ tag: "p", children: inside(node.children) }];
    case "heading":
      return [{ tag: node.depth <= 2 ? "h3" : "h4", children: inside(node.children) }];
    case "strong":
      return [{ tag: "strong", children: inside(node.children) }];
    case "emphasis":
      return [{ tag: "em", children: inside(node.children) }];
    case "inlineCode":
      return [{ tag: "code", children: [node.value] }];
    case "code":
      return [{ tag: "pre", children: [node.value] }];
    case "blockquote":
      return [{ tag: "blockquote", children: inside(node.children) }];
    case "list":
      return [{ tag: node.ordered ? "ol" : "ul", children: inside(node.children) }];
    case "listItem":
      return [{ tag: "li", children: inside(tight(node.children)) }];
    case "thematicBreak":
      return [{ tag: "hr", children: [] }];
    case "break":
      return [{ tag: "br", children: [] }];
    case "link": {
      const children = inside(node.children);
      return safe(node.url) ? [{ tag: "a", href: node.url, children }] : children;
    }
    default:
      // HTML, images and references stand there as they were written.
      return [source.slice(node.position?.start.offset, node.position?.end.offset)];
  }
}

/** A point of a list that is one paragraph needs none. */
const tight = (children: readonly Node[]): readonly Node[] =>
  children.length === 1 && children[0]?.type === "paragraph" ? children[0].children : children;

function safe(address: string): boolean {
  const scheme = URL.canParse(address) ? new URL(address).protocol : "";
  return scheme === "https:" || scheme === "http:" || scheme === "mailto:";
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** For a mail. */
export const htmlOfRich = (nodes: readonly Rich[]): string =>
  nodes
    .map((node) => {
      if (typeof node === "string") return escaped(node);
      const { tag, href, children } = node;
      if (tag === "br" || tag === "hr") return `<${tag}>`;
      const address = href === undefined ? "" : ` href="${escaped(href)}" rel="noopener noreferrer"`;
      return `<${tag}${address}>${htmlOfRich(children)}</${tag}>`;
    })
    .join("");
