/** An answer of the admin port. */
export interface AdminReply {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: object): AdminReply {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n` };
}
