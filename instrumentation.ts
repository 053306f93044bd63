/** What runs with the server, in its process. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startSettling } = await import("#lib/dns/settle.ts");
  startSettling();
}
