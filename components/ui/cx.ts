/** Joins class names; of two that set the same thing the later one wins. */
import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

export const cx = (...classes: ClassValue[]): string => twMerge(clsx(classes));
