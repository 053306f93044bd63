/** Looks again every few seconds while something goes on that ends by itself. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";

const EVERY_MS = 3000;

export function Refreshing({ while: on }: { while: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => document.visibilityState === "visible" && router.refresh(), EVERY_MS);
    return () => clearInterval(timer);
  }, [on, router]);
  return null;
}
