/** The look that every field control shares. */
export const controlClass =
  "w-full min-w-0 rounded-md border border-edge bg-panel px-2.5 text-text transition-colors duration-100 " +
  "hover:border-dim focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 " +
  "focus-visible:outline-accent aria-invalid:border-bad aria-invalid:focus-visible:outline-bad " +
  "read-only:bg-bg disabled:not-data-waits:cursor-not-allowed disabled:not-data-waits:border-line " +
  "disabled:not-data-waits:bg-line2 disabled:not-data-waits:text-faint";
