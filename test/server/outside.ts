import type { Shell } from "./shell.ts";

/**
 * Which ports answer from a network namespace that stands for the world, and which from the server itself: a port that
 * Docker publishes though nobody declared it (8080), and one of a program on the server (9090), besides the declared.
 * @param image has Node
 */
export async function answersFromOutside(shell: Shell, image: string): Promise<string[]> {
  const answers = await shell(
    `set -eu
    docker run --detach --name shut --publish 8080:7000 --entrypoint node "$1" \\
      -e 'require("node:net").createServer((socket) => socket.end("hi\\n")).listen(7000)' >/dev/null
    systemd-run --quiet --unit=relay --socket-property=ListenStream=9090 /usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:22
    ip netns add outside
    ip link add wan0 type veth peer name eth0 netns outside
    ip address add 192.0.2.1/24 dev wan0 && ip link set wan0 up
    ip -n outside address add 192.0.2.2/24 dev eth0 && ip -n outside link set eth0 up
    for each in $(seq 60); do docker logs shut >/dev/null && timeout 5 bash -c '
      exec 3<>/dev/tcp/127.0.0.1/8080 && read -r -t 4 line <&3' 2>/dev/null && break; sleep 0.5; done
    # Most speak first; nginx wants to be asked.
    ask='exec 3<>/dev/tcp/$1/$2 && { [ "$2" != 80 ] || printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; } && read -r -t 15 line <&3'
    for port in 22 80 8080 9090; do
      ip netns exec outside timeout 20 bash -c "$ask" ask 192.0.2.1 "$port" 2>/dev/null && echo "$port answers" || echo "$port does not"
      timeout 20 bash -c "$ask" ask 127.0.0.1 "$port" 2>/dev/null && echo "inside $port answers" || echo "inside $port does not"
    done
    ip netns delete outside
    docker rm --force shut >/dev/null
    systemctl stop relay.socket`,
    image,
  );
  return answers.split("\n");
}
