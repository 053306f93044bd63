/** A text in CodeMirror, with its words coloured by what the file's name says it is. */
"use client";
import { HighlightStyle, StreamLanguage, type StreamParser, syntaxHighlighting } from "@codemirror/language";
import { javascript, json, typescript } from "@codemirror/legacy-modes/mode/javascript";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { python } from "@codemirror/legacy-modes/mode/python";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { xml } from "@codemirror/legacy-modes/mode/xml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import type { Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";

interface CodeEditorProps {
  name: string;
  text: string;
  onChange: (text: string) => void;
  onSave: () => void;
}

const MODES: Readonly<Record<string, StreamParser<unknown>>> = {
  js: javascript,
  mjs: javascript,
  ts: typescript,
  json,
  lua,
  properties,
  cfg: properties,
  conf: properties,
  ini: properties,
  env: properties,
  py: python,
  sh: shell,
  bash: shell,
  toml,
  xml,
  html: xml,
  yml: yaml,
  yaml,
};

const look = EditorView.theme({
  "&": { backgroundColor: "var(--panel)", color: "var(--text)", height: "min(60dvh, 640px)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--faint)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-bg)",
  },
  ".cm-panels": { backgroundColor: "var(--bg)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--panel)", borderColor: "var(--edge)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--line2)", borderColor: "var(--edge)" },
});

/** In the colours of the panel, which are legible in both themes. */
const words = HighlightStyle.define([
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.tagName, tags.operatorKeyword], color: "var(--accent)" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)], color: "var(--accent-strong)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--warn)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export function CodeEditor({ name, text, onChange, onSave }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const first = useRef({ name, text });
  const calls = useRef({ onChange, onSave });
  calls.current = { onChange, onSave };

  useEffect(() => {
    if (!place.current) return;
    const mode = MODES[first.current.name.split(".").at(-1)?.toLowerCase() ?? ""];
    const nonce = (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__;
    const extensions: Extension[] = [
      basicSetup,
      look,
      syntaxHighlighting(words),
      EditorView.contentAttributes.of({ "aria-label": `Content of ${first.current.name}` }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) calls.current.onChange(update.state.doc.toString());
      }),
      keymap.of([
        {
          key: "Mod-s",
          run: () => {
            calls.current.onSave();
            return true;
          },
        },
      ]),
      ...(mode ? [StreamLanguage.define(mode)] : []),
      // The page lets no style in that does not carry it.
      ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
    ];
    const view = new EditorView({ doc: first.current.text, extensions, parent: place.current });
    view.focus();
    return () => view.destroy();
  }, []);

  return <div ref={place} className="overflow-hidden rounded-md border border-edge" />;
}
