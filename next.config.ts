import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // What is native; and what every entry of the build would otherwise hold a copy of, in memory too.
  serverExternalPackages: [
    "better-sqlite3",
    "pino",
    "bcryptjs",
    "nodemailer",
    "prom-client",
    "drizzle-orm",
    "zod",
    "cloudflare",
    "croner",
    "dns-packet",
  ],
  // `npm run types` checks them, tests included; a build on somebody's server need not.
  typescript: { ignoreBuildErrors: true },
  experimental: { authInterrupts: true },
};

export default config;
