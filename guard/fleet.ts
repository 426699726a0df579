import { Backend } from "./backend.ts";
import type { BackendSettings } from "./backend-settings.ts";
import type { Log } from "./log.ts";
import { Router } from "./router.ts";
import type { Settings } from "./settings.ts";

/** The backends that there are now, and the way to them. A reload changes both under the requests that are under way. */
export class Fleet {
  readonly #log: Log;
  #backends: readonly Backend[] = [];
  #router: Router;

  constructor(settings: Settings, log: Log) {
    this.#log = log;
    this.#backends = settings.backends.map((each) => new Backend(each, settings, log));
    this.#router = new Router(this.#backends, settings);
  }

  get backends(): readonly Backend[] {
    return this.#backends;
  }

  get router(): Router {
    return this.#router;
  }

  /** Requests and streams now served. */
  get load(): number {
    return this.#backends.reduce((sum, { load }) => sum + load, 0);
  }

  /**
   * Who stays keeps its permits and its queue, who is new begins empty, and who goes ends what it has: nothing that is
   * under way is cut, and who waits for a pool that is no more looks for another.
   */
  configure(settings: Settings): void {
    const former = this.#backends;
    this.#backends = settings.backends.map((each) => {
      const kept = former.find((backend) => isSame(backend.settings, each));
      kept?.configure(each, settings);
      return kept ?? new Backend(each, settings, this.#log);
    });
    const router = new Router(this.#backends, settings, this.#router.pools);
    const gone = this.#router.pools.filter((pool) => !router.pools.includes(pool));
    this.#router = router;
    for (const pool of gone) pool.dissolve();
    for (const backend of former) if (!this.#backends.includes(backend)) backend.retire();
  }

  close(): void {
    for (const backend of this.#backends) backend.close();
  }
}

function isSame(a: BackendSettings, b: BackendSettings): boolean {
  return a.name === b.name && a.host === b.host && a.port === b.port;
}
