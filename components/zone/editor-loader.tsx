/** The editor in a chunk of its own: who only views does not load it. */
"use client";
import dynamic from "next/dynamic";

export const RecordEditor = dynamic(() => import("./record-editor.tsx").then((module) => module.RecordEditor));
