# Somebody else's settings of Docker stay beside ours: it reads one file only.
DAEMON=/etc/docker/daemon.json
# That file as it was found, for the merge and for a removal.
THEIRS=$STATE/daemon.json.theirs

# Prints one object with the keys of both, or the keys that both set to different values, and fails.
# By perl's own means: JSON::PP is not in perl-base, which is all that every Debian has.
merge_json() {
  perl - "$1" "$2" <<'END_OF_PERL'
use strict;
use warnings;

our $text;

sub refuse { print "$_[0]\n"; exit 1 }
sub slurp { local $/; open my $in, "<", $_[0] or die "$_[0]: $!\n"; return scalar <$in> }
sub token { return $text =~ /\G\s*($_[0])/gc ? $1 : undef }
sub took { return defined token($_[0]) }
sub broken { refuse("something else at byte " . (pos($text) // 0)) }

sub members {
  my %found;
  return %found if took(qr/\}/);
  do {
    my $key = token(qr/"[^"\\\x00-\x1f]*"/) // broken();
    refuse("$key twice") if exists $found{$key};
    took(qr/:/) or broken();
    $found{$key} = value();
  } while took(qr/,/);
  took(qr/\}/) or broken();
  return %found;
}

sub elements {
  my @found;
  return @found if took(qr/\]/);
  do { push @found, value() } while took(qr/,/);
  took(qr/\]/) or broken();
  return @found;
}

sub object { my %of = @_; return "{" . join(", ", map { "$_: $of{$_}" } sort keys %of) . "}" }

# Its text with keys in order and no other blanks, so that equal values are equal texts.
sub value {
  return object(members()) if took(qr/\{/);
  return "[" . join(", ", elements()) . "]" if took(qr/\[/);
  return token(qr/"(?:[^"\\\x00-\x1f]|\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/) // broken();
}

sub file {
  $text = slurp($_[0]);
  pos($text) = 0;
  took(qr/\{/) or broken();
  my %of = members();
  took(qr/\z/) or broken();
  return %of;
}

my %theirs = file($ARGV[0]);
my %ours = file($ARGV[1]);
my @both = grep { exists $theirs{$_} && $theirs{$_} ne $ours{$_} } sort keys %ours;
refuse(join(", ", map { "$_ $theirs{$_} where Plimsoll needs $ours{$_}" } @both)) if @both;
my %all = (%theirs, %ours);
print "{\n", join(",\n", map { "  $_: $all{$_}" } sort keys %all), "\n}\n";
END_OF_PERL
}

# Where their settings are: the file itself, or what was kept of it when it became ours; nothing where there were none.
theirs() {
  if is_ours "$DAEMON"; then
    if [ -f "$ROOT$THEIRS" ]; then say "$ROOT$THEIRS"; fi
  elif [ -f "$ROOT$DAEMON" ] && [ ! -L "$ROOT$DAEMON" ]; then
    say "$ROOT$DAEMON"
  fi
}

# Whether Docker takes a file; its word on it goes to a log. One older than 23.0 cannot be asked, and says it when it starts.
docker_takes() { dockerd --validate --config-file="$1" >/dev/null 2>"$2" || grep -q 'unknown flag: --validate' "$2"; }

merge_theirs() {
  theirs=$(theirs)
  if [ -z "$theirs" ]; then return; fi
  merge_json "$theirs" "$STAGE$DAEMON" >"$STAGE.merged" ||
    refuse "host: $DAEMON must be JSON that agrees with Plimsoll's settings, got $(cat "$STAGE.merged"); take that out of it, or the host key out of the config"
  if runs && has dockerd && ! docker_takes "$STAGE.merged" "$STAGE.log"; then
    refuse "host: $DAEMON must work together with Plimsoll's settings, got $(tail -n 1 "$STAGE.log"); take that out of it, or the host key out of the config"
  fi
  cp -p "$STAGE$DAEMON" "$STAGE.ours"
  cat "$STAGE.merged" >"$STAGE$DAEMON"
  # What others must not read there they must not read now.
  chmod --reference="$theirs" "$STAGE$DAEMON"
}

# Before it is ours by the manifest.
keep_theirs() {
  if is_ours "$DAEMON" || [ ! -e "$STAGE.ours" ]; then return 0; fi
  mkdir -p "$ROOT$STATE"
  cp -p "$ROOT$DAEMON" "$ROOT$THEIRS.new"
  mv -fT "$ROOT$THEIRS.new" "$ROOT$THEIRS"
}

# To the byte, with its owner and mode.
give_theirs_back() {
  cp -p "$ROOT$THEIRS" "$ROOT$DAEMON.plimsoll-new"
  mv -fT "$ROOT$DAEMON.plimsoll-new" "$ROOT$DAEMON"
}
