/** Keys whose value lets somebody in: `accessKey`, `secret_key`, `token`, `connStr`, … */
const SECRET_KEY =
  /(?:password|passwd|secret|token|credentials|access_?key|encryption_?key|private_?key|conn_?str|username|http_?auth)/i;
const HIDDEN = "***";

/** Whether a key is to be left empty in a file that others read. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** A value as a message may show it: passwords in addresses and the values of secret keys are hidden. */
export function shown(value: unknown): string {
  const hidden = (key: string, inner: unknown) => (isSecretKey(key) ? HIDDEN : inner);
  return (JSON.stringify(value, hidden) ?? "nothing")
    .replace(/((?::\/\/|"sftp:)[^:@/"\s]*):[^"\s]*@/g, `$1:${HIDDEN}@`)
    .replace(/((?:password|token|secret|key|sig|signature)=)[^&"\s]*/gi, `$1${HIDDEN}`);
}
