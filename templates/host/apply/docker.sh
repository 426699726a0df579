converge_docker() {
  if is_pending '^/etc/docker/daemon\.json$'; then
    docker_takes "$DAEMON" "$RUN/dockerd.log" || {
      tail -n 5 "$RUN/dockerd.log" >&2
      refuse "host: this Docker must take $DAEMON, got the error above; upgrade Docker"
    }
    if systemctl --quiet is-active docker.service; then
      # Takes live-restore at once, so that the restart leaves containers alone.
      systemctl reload docker.service
      systemctl restart docker.service ||
        refuse "host: Docker must start with $DAEMON, got a failure; journalctl --unit=docker says why"
      say "changed docker: restarted"
    fi
  fi
  systemctl --quiet is-active docker.service && systemctl --quiet is-enabled docker.service && return
  systemctl --quiet enable --now docker.service
  say "changed docker: started"
}
