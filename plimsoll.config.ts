import { defineConfig } from "./config/define.ts";

export const config = defineConfig({
  project: "plimsoll",

  base: {
    server: { memory: "1950MiB", cpus: 2, swap: "2GiB", disk: "40GiB" },
    limits: { requestsPerSecond: 10, burst: 20, connectionsPerClient: 20, body: "1MiB" },
    services: {
      chat: {
        kind: "app",
        build: { context: "example", before: ["npm", "run", "build"] },
        runtime: "node",
        slots: 2,
        port: 3000,
        memoryPerRequest: "12MiB",
        paths: ["/api/", "/health"],
        ssePaths: ["/api/chat/completions"],
        routes: [
          {
            path: "/api/export",
            criticality: "background",
            size: { query: "rows", memoryPerUnit: "3KiB" },
          },
        ],
        health: "/health",
        probe: "/api/models",
        env: { LOG_LEVEL: "info" },
      },
      postgres: { kind: "postgres" },
      redis: { kind: "redis" },
      site: { kind: "site", directory: "example/public" },
    },
  },

  environments: {
    local: { address: "127.0.0.1", port: 8080 },
    staging: { port: 8081 },
    production: {
      target: "ssh://root@chat.example.com",
      domain: "chat.example.com",
      port: 80,
    },
  },
});
