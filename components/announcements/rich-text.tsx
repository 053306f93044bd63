/** Draws what was written in Markdown: elements that are listed, and nothing else. */
import { createElement, Fragment, type ReactNode } from "react";
import type { Rich } from "#lib/announcements/rich.ts";

const LOOKS: Partial<Record<string, string>> = {
  h3: "font-semibold",
  h4: "font-semibold",
  a: "text-accent underline underline-offset-2",
  ul: "list-disc ps-5",
  ol: "list-decimal ps-5",
  code: "font-mono",
  pre: "overflow-x-auto font-mono whitespace-pre",
  blockquote: "border-line border-s-2 ps-3 text-dim",
  hr: "border-line",
};

export function RichText({ nodes }: { nodes: readonly Rich[] }) {
  return <div className="flex flex-col gap-2 wrap-anywhere">{nodes.map(draw)}</div>;
}

function draw(node: Rich, place: number): ReactNode {
  if (typeof node === "string") return <Fragment key={place}>{node}</Fragment>;
  const { tag, href, children } = node;
  const look = { key: place, className: LOOKS[tag] };
  if (tag === "br" || tag === "hr") return createElement(tag, look);
  const link = href === undefined ? {} : { href, rel: "noopener noreferrer", target: "_blank" };
  return createElement(tag, { ...look, ...link }, children.map(draw));
}
