/** One line to the server. The arrows bring back what was sent before, page up and down scroll the output. */
"use client";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

interface CommandLineProps {
  disabled: boolean;
  /** False: it did not leave. */
  send: (text: string) => boolean;
  scrollPages: (pages: number) => void;
}

const KEPT = 100;
/** A node reads no more of one message than 4 KiB. */
const LONGEST = 1000;

export function CommandLine({ disabled, send, scrollPages }: CommandLineProps) {
  const [text, setText] = useState("");
  const [unsent, setUnsent] = useState(false);
  // Here alone: commands can have passwords in them.
  const sent = useRef<string[]>([]);
  /** How far back; 0: what is being written. */
  const back = useRef(0);
  const written = useRef("");

  const submit = () => {
    if (text.trim() === "" || disabled) return;
    const left = send(text);
    setUnsent(!left);
    if (!left) return;
    if (sent.current.at(-1) !== text) sent.current = [...sent.current, text].slice(-KEPT);
    back.current = 0;
    setText("");
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      scrollPages(event.key === "PageUp" ? -1 : 1);
    }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const next = back.current + (event.key === "ArrowUp" ? 1 : -1);
    if (next < 0 || next > sent.current.length) return;
    if (back.current === 0) written.current = text;
    back.current = next;
    setText(next === 0 ? written.current : (sent.current.at(-next) ?? ""));
  };

  return (
    <form
      className="flex items-start gap-2 border-line border-t bg-bg p-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        label="Command"
        hideLabel
        className="flex-1"
        error={unsent && "It was not sent: the server does not run, or its node does not answer."}
      >
        <Input
          mono
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setUnsent(false);
          }}
          onKeyDown={onKeyDown}
          disabled={disabled}
          maxLength={LONGEST}
          placeholder={disabled ? "Commands can be sent while it runs" : "Command"}
          autoComplete="off"
          enterKeyHint="send"
        />
      </Field>
      <Button type="submit" disabled={disabled} className="pointer-coarse:h-10">
        Send
      </Button>
    </form>
  );
}
