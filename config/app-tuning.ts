import { z } from "zod";
import { duration, size } from "./quantity.ts";

/** A count that the planner computes where it is left out. */
export const whole = (max: number) =>
  z
    .int("must be a whole number")
    .min(1, `must be from 1 to ${max}`)
    .max(max, `must be from 1 to ${max}`)
    .optional();

/** An app's numbers that the planner computes where they are left out. */
export const appTuning = {
  heap: size().optional().meta({
    description: "Old space of a `node` slot.",
    computed: "what `limit` leaves beside semi-spaces and native memory",
  }),
  workers: whole(64).meta({
    description: "Processes of a Python slot.",
    computed: "what cpus and memory allow",
  }),
  workerMemory: size().optional().meta({
    description: "What one Python process holds before its first request.",
    computed: "120MiB",
  }),
  maxConnections: whole(10_000).meta({
    description: "Connections that one slot accepts, streams included.",
    computed: "80",
  }),
  streams: whole(10_000).meta({
    description: "Streams that one slot may have open.",
    computed: "half of `maxConnections`",
  }),
  databasePool: whole(500).meta({
    description: "Database connections of one slot, all its processes together.",
    computed: "8, or an equal share of what the database can hold",
  }),
  requests: whole(100_000).meta({
    description: "Requests at once in all slots; each process is told its share.",
    computed: "no limit beside the guard's",
  }),
  llmRequests: whole(100_000).meta({
    description: "Calls of a language model at once in all slots; each process is told its share.",
    computed: "no limit",
  }),
  serviceTime: duration().optional().meta({
    description: "How long a request takes: capacity is computed from it.",
    computed: "500 ms",
  }),
  cpuTime: duration().optional().meta({
    description: "How much of it one cpu works.",
    computed: "10 ms",
  }),
  databaseTime: duration().optional().meta({
    description: "How much of it a database connection is busy.",
    computed: "20 ms",
  }),
};
