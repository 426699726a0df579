# Sourced by the jobs that somebody waits for: keeps beside the backups when one last ran and how it ended.
now() { date -u +%Y%m%dT%H%M%SZ; }

begin_run() { # JOB
  run=/backups/$1.run
  started=$(now)
  # Without an end, whatever kills it: an exit code can only be written by what still lives.
  write_run - -
  # By itself bash would end with the exit code of what it last ran, as if that had been all.
  trap 'exit 143' TERM
}
end_run() { write_run "$(now)" "$1"; } # EXIT_CODE
write_run() { echo "$started $1 $2" >"$run.new" && mv "$run.new" "$run"; }
