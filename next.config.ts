import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run types` checks them, tests included; a build on somebody's server need not.
  typescript: { ignoreBuildErrors: true },
  experimental: { authInterrupts: true },
};

export default config;
