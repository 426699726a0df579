/** What ssh and docker say, and what it means to the operator. */
const CAUSES: readonly [pattern: RegExp, sentence: string][] = [
  [
    /Permission denied \(|Too many authentication failures/,
    "refuses the key; add your public key to the server's authorized_keys or name the right one in sshOptions",
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION/,
    "has an unknown host key; connect once with ssh and check the fingerprint",
  ],
  [/Could not resolve hostname/, "has no address; correct the host name"],
  [
    /Connection refused|timed out|No route to host|Connection closed|Network is unreachable/,
    "does not answer; is it running, and is the port right?",
  ],
  [
    /docker: (command )?not found|docker: No such file|unknown command: docker/,
    "has no Docker; install Docker Engine there (apt-get install docker.io), or let up do it: write host: {} into the environment",
  ],
  [
    /Cannot connect to the Docker daemon|Is the docker daemon running/,
    "has a Docker that is not running; start it (systemctl enable --now docker)",
  ],
  [
    /permission denied while trying to connect|dial unix .*permission denied/i,
    "does not let this user use Docker; log in as root or add the user to the group docker",
  ],
];

/** What a failure of ssh or docker on a target means; undefined where its words are not known. */
export function causeOf(output: string): string | undefined {
  return CAUSES.find(([pattern]) => pattern.test(output))?.[1];
}
