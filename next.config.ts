import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: ["better-sqlite3", "pino", "bcryptjs"],
  experimental: { authInterrupts: true },
};

export default config;
