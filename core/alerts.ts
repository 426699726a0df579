import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { GuardPlan } from "./guard.ts";
import type { Leaves } from "./leaves.ts";
import { DAY_MS, HOUR_MS, MIB, MINUTE_MS } from "./units.ts";

/** What somebody is to be told about. Percents are of what there is. */
export interface AlertsPlan {
  /** Used memory of the server, and of each container of its limit. */
  readonly memoryWarningPercent: number;
  readonly memoryHighPercent: number;
  readonly memoryCriticalPercent: number;
  /** Pages that come back from swap, bytes a second: a full swap file is no trouble, reading it is. */
  readonly swapInBytesPerSecond: number;
  readonly connectionsWarningPercent: number;
  readonly connectionsCriticalPercent: number;
  /** Connections of a slot. */
  readonly connectionsWarning: number;
  readonly connectionsCritical: number;
  readonly diskWarningPercent: number;
  readonly diskCriticalPercent: number;
  /** Before a certificate's end. */
  readonly certificateLeftMs: number;
  /** Of the last backup. */
  readonly backupAgeMs: number;
  /** Of the last restore drill that passed. */
  readonly drillAgeMs: number;
  /** Of the last pruning of images. */
  readonly pruneAgeMs: number;
  /** Of the last look for a renewed certificate. */
  readonly certificateAgeMs: number;
  /** How long it must hold. */
  readonly forMs: number;
}

/** 60 and 75 of a slot's 80 connections. */
const CONNECTIONS = { warning: 75, critical: 93.75 } as const;
const DISK = { warning: 80, critical: 90 } as const;
/** Renewal is tried from 30 days on: below 14 it has failed for two weeks. */
const CERTIFICATE_LEFT_MS = 14 * DAY_MS;
/** Nightly, and two hours for it to be late. */
const NIGHTLY_AGE_MS = 26 * HOUR_MS;
/** Weekly, and a day for it to be late. */
const WEEKLY_AGE_MS = 8 * DAY_MS;
/** 250 pages a second: each is a wait of somebody's request. */
const SWAP_IN_BYTES = MIB;
const FOR_MS = 5 * MINUTE_MS;

export interface AlertInputs {
  readonly config: Leaves;
  readonly guard: FiguresOf<GuardPlan>;
  /** Connections of the slot that takes fewest: one rule stands for all slots. */
  readonly connections: Figure<number>;
}

export function alertFigures({ config, guard, connections }: AlertInputs): FiguresOf<AlertsPlan> {
  const figures = new Figures("alerts", { source: "alert rules" });
  const percent = (setting: string, value: number, because: string) =>
    config.find(`alerts.${setting}`) ?? figures.percent(setting, value, why`${because}`);
  const { warningPercent, highPercent, criticalPercent } = guard;
  return {
    memoryWarningPercent: figures.percent(
      "memory_warning",
      warningPercent.value,
      why`${warningPercent}`,
    ),
    memoryHighPercent: figures.percent("memory_high", highPercent.value, why`${highPercent}`),
    memoryCriticalPercent: figures.percent(
      "memory_critical",
      criticalPercent.value,
      why`${criticalPercent}`,
    ),
    swapInBytesPerSecond: figures.bytes("swap_in", SWAP_IN_BYTES, why`250 pages a second`),
    ...connectionFigures(config, figures, connections),
    diskWarningPercent: percent("diskWarningPercent", DISK.warning, "a week to act"),
    diskCriticalPercent: percent(
      "diskCriticalPercent",
      DISK.critical,
      "Postgres stops when it is full",
    ),
    ...ageFigures(config, figures),
    forMs: figures.ms("for", FOR_MS, why`a peak of minutes is no alarm`),
  };
}

function connectionFigures(config: Leaves, figures: Figures, connections: Figure<number>) {
  const percent = (setting: string, value: number, because: string) =>
    config.find(`alerts.${setting}`) ?? figures.percent(setting, value, why`${because}`);
  const warning = percent("connectionsWarningPercent", CONNECTIONS.warning, "60 of 80");
  const critical = percent("connectionsCriticalPercent", CONNECTIONS.critical, "75 of 80");
  const count = (setting: string, share: Figure<number>) =>
    figures.count(
      setting,
      Math.floor((connections.value * share.value) / 100),
      why`${share} of ${connections}`,
    );
  return {
    connectionsWarningPercent: warning,
    connectionsCriticalPercent: critical,
    connectionsWarning: count("connections_warning", warning),
    connectionsCritical: count("connections_critical", critical),
  };
}

/** How long ago a job may have last done what it is for. */
function ageFigures(config: Leaves, figures: Figures) {
  const days = config.find("alerts.certificateDays");
  const nightly = (setting: string, key: string) => {
    const hours = config.find(`alerts.${key}`);
    return hours
      ? figures.ms(setting, hours.value * HOUR_MS, why`${hours} hours`)
      : figures.ms(setting, NIGHTLY_AGE_MS, why`nightly, and two hours late`);
  };
  const weekly = (setting: string, key: string) => {
    const asked = config.find(`alerts.${key}`);
    return asked
      ? figures.ms(setting, asked.value * DAY_MS, why`${asked} days`)
      : figures.ms(setting, WEEKLY_AGE_MS, why`weekly, and a day late`);
  };
  return {
    certificateLeftMs: days
      ? figures.ms("certificate_left", days.value * DAY_MS, why`${days} days`)
      : figures.ms("certificate_left", CERTIFICATE_LEFT_MS, why`renewal has failed for two weeks`),
    backupAgeMs: nightly("backup_age", "backupHours"),
    drillAgeMs: weekly("drill_age", "drillDays"),
    pruneAgeMs: weekly("prune_age", "pruneDays"),
    certificateAgeMs: nightly("certificate_age", "certificateHours"),
  };
}
