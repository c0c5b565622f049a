#!/usr/bin/env bash
# Builds the Dockerfile and runs the image for real, where there is no Docker engine and no container registry:
# podman builds it on a stand-in for the official Node image (Debian's packages, Node's and npm's from npm).
# Needs root on Debian or Ubuntu, x64 or arm64; installs by apt-get what is missing. Exit code 0: every check passed.
#   STATE=folder   keeps the stand-in and podman's storage there for the next run (default: a new folder, removed after)
#   NODE_IMAGE=…   the name under which the stand-in is stored (default: the Dockerfile's)
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly standin_suite=bookworm
readonly request='{"logits":[[2.0,1.0,0.1]],"labels":[1]}'
readonly expected='"loss":1.4170300162778335,'
node_image=${NODE_IMAGE:-$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)}
readonly node_image
readonly image=localhost/lossd:check-$$ name=lossd-check-$$
readonly hardening=(--read-only --tmpfs /tmp:rw,size=64m --cap-drop ALL --security-opt no-new-privileges
  --memory 512m --memory-swap 512m --pids-limit 256)
# Kept apart from $STATE, so that clean-up knows whether the folder is ours to remove.
keep=${STATE:-}
state=
log() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }
fail() { printf 'docker/check.sh: %s\n' "$*" >&2; exit 1; }

main() {
  trap clean_up EXIT
  trap 'exit 143' TERM INT HUP
  [ "$(id -u)" = 0 ] || fail "needs root, for its own mounts and control groups"
  state=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/lossd-check.XXXXXX")}
  mkdir -p "$state"/{store,run,tmp,config,work}
  state=$(realpath "$state")
  install_tools
  configure_podman
  podman image exists "$node_image" || make_standin
  build_image
  check_contents
  check_serving
  check_compute
  check_grade
  log "the image is good"
}

clean_up() {
  local code=$?
  trap - EXIT TERM INT HUP
  [ -n "$state" ] || exit "$code"
  if [ -n "${CONTAINERS_CONF:-}" ]; then
    podman rm -f -t 0 -i "$name" "$name-compute" "$name-grade" >/dev/null 2>&1 || true
    podman rmi -f "$image" >/dev/null 2>&1 || true
    podman image prune -f >/dev/null 2>&1 || true
  fi
  rm -rf "$state/work"
  if [ -z "$keep" ]; then
    # Podman leaves its storage mounted on itself; rm would stop at the mount.
    awk -v under="$state/" 'index($2, under) == 1 { print $2 }' /proc/self/mounts | sort -r | xargs -r -n 1 umount
    rm -rf --one-file-system "$state"
  fi
  exit "$code"
}

install_tools() {
  local package missing=()
  for package in podman runc mmdebstrap curl ca-certificates util-linux; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  log "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A configuration of its own: the machine's own podman, its images and its containers are neither seen nor touched.
configure_podman() {
  local files
  files=$(ulimit -Hn)
  cat >"$state/config/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$state/store"
runroot = "$state/run"
CONF
  cat >"$state/config/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$state/tmp"
CONF
  printf 'cafile=/etc/ssl/certs/ca-certificates.crt\n' >"$state/config/npmrc"
  # The OCI format has no HEALTHCHECK.
  export CONTAINERS_STORAGE_CONF=$state/config/storage.conf CONTAINERS_CONF=$state/config/containers.conf \
    BUILDAH_FORMAT=docker
}

make_standin() {
  local root=$state/work/root major architecture
  major=$(sed -nE 's/.*node:([0-9]+).*/\1/p' <<<"$node_image")
  [ -n "$major" ] || fail "cannot read a Node version from $node_image"
  architecture=$(dpkg --print-architecture)
  architecture=${architecture/amd64/x64}
  log "making a stand-in for $node_image from Debian $standin_suite"
  mmdebstrap --quiet --variant=apt --include=libstdc++6,libatomic1,ca-certificates \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt=force-unsafe-io "$standin_suite" "$state/work/root.tar" >/dev/null 2>"$state/work/mmdebstrap.log" ||
    { cat "$state/work/mmdebstrap.log" >&2; fail "mmdebstrap failed"; }
  mkdir "$root"
  tar -C "$root" -xpf "$state/work/root.tar" --numeric-owner
  (cd "$state/work" && npm pack --silent "node-linux-$architecture@$major" npm@11 >/dev/null)
  add_node "$root"
  tar -C "$root" --numeric-owner -cf - . | podman import -q \
    -c "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["node"]' - "$node_image" >/dev/null
  rm -rf "$state/work"/*
}

# The layout, the user and the entry point of the official image.
add_node() {
  local root=$1 tool
  local modules=$root/usr/local/lib/node_modules
  mkdir -p "$modules/npm" "$state/work/node"
  tar -C "$state/work/node" --no-same-owner -xzf "$state/work"/node-linux-*.tgz package/bin/node
  install -m 755 "$state/work/node/package/bin/node" "$root/usr/local/bin/node"
  tar -C "$modules/npm" --strip-components=1 --no-same-owner -xzf "$state/work"/npm-*.tgz
  for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "$root/usr/local/bin/$tool"; done
  cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'SH'
#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null; then set -- node "$@"; fi
exec "$@"
SH
  chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
  chroot "$root" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'
  # The names of this machine would otherwise be copied into the image.
  : >"$root/etc/resolv.conf"
  : >"$root/etc/hostname"
  log "stand-in: Node $(chroot "$root" node -v), npm $(chroot "$root" npm -v)"
}

build_image() {
  local started=$SECONDS
  local bundle=/etc/ssl/certs/ca-certificates.crt
  local version revision
  version=$(sed -nE 's/^  "version": "(.*)",/\1/p' package.json)
  revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
  log "building the Dockerfile"
  for _ in 1 2; do
    # The two mounts lend npm this machine's certificate authorities while it builds; neither stays in the image.
    if podman build --isolation oci --network host --pull=never --no-cache --layers=false --format docker \
      -v "$bundle:$bundle:ro" -v "$state/config/npmrc:/usr/local/etc/npmrc:ro" \
      --build-arg NODE_IMAGE="$node_image" --build-arg VERSION="$version" --build-arg REVISION="$revision" \
      -t "$image" -f Dockerfile . >"$state/build.log" 2>&1; then
      log "built in $((SECONDS - started)) s, $(($(inspect .Size) / 1000000)) MB ($(inspect .Size) bytes)"
      return
    fi
    # Buildah now and then fails to start itself again under load; nothing of ours can cause or cure that.
    grep -q 'sealing memfd copy' "$state/build.log" || break
  done
  tail -n 60 "$state/build.log" >&2
  fail "the build failed"
}

# Without systemd podman says at each start and stop that it cannot time the health check; we run it ourselves.
engine() { podman "$@" 2> >(grep -v 'systemd connection' >&2); }

inspect() { podman image inspect -f "{{$1}}" "$image"; }

expect() {
  local what=$1 wanted=$2 found=$3
  [ "$found" = "$wanted" ] || fail "$what is '$found', not '$wanted'"
  log "$what: $found"
}

check_contents() {
  expect "image user" 1000 "$(inspect .Config.User)"
  expect "image entry point" '["node","/app/dist/main.js"]' "$(inspect 'json .Config.Entrypoint')"
  expect "image command" '["serve"]' "$(inspect 'json .Config.Cmd')"
  expect "image health check" '["CMD","node","/app/dist/main.js","healthcheck"]' "$(inspect 'json .Config.Healthcheck.Test')"
  expect "development files in the image" "" "$(engine run --rm --pull=never --network none --entrypoint sh "$image" -c \
    'ls -d src build test node_modules/node-* node_modules/typescript node_modules/assemblyscript 2>/dev/null || true')"
}

# The container has a network of its own with nothing in it but the loopback, which we enter: so the image's own HOST
# and PORT are tested, and no port of this machine is taken.
check_serving() {
  local pid answer
  engine run -d --name "$name" --pull=never --network none "${hardening[@]}" "$image" >/dev/null
  pid=$(podman inspect -f '{{.State.Pid}}' "$name")
  timeout 60 grep -m 1 -E 'http://[^ "]+:8080' < <(exec podman logs -f "$name" 2>&1) ||
    { podman logs "$name" >&2; fail "no ready line with the address in the logs"; }
  answer=$(nsenter -t "$pid" -n curl -sS -m 20 -H 'content-type: application/json' -d "$request" \
    http://127.0.0.1:8080/v1/losses/cross_entropy)
  [[ $answer == *"$expected"* ]] || fail "cross_entropy answered $answer"
  log "cross_entropy: $answer"
  expect "user of the process" 1000 "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")"
  expect "capabilities" 0000000000000000 "$(awk '/^CapEff:/ { print $2 }' "/proc/$pid/status")"
  expect "no new privileges" 1 "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$pid/status")"
  check_root_is_read_only
  podman healthcheck run "$name" || fail "HEALTHCHECK says unhealthy"
  log "HEALTHCHECK: healthy"
  engine stop -t 20 "$name" >/dev/null
  [ "$(podman inspect -f '{{.State.ExitCode}}' "$name")" = 0 ] || podman logs "$name" >&2
  expect "exit code after SIGTERM" 0 "$(podman inspect -f '{{.State.ExitCode}}' "$name")"
}

# As root, whose files they are: as the service's user the write would fail on any root.
check_root_is_read_only() {
  local said
  said=$(podman exec --user 0 "$name" touch /app/written 2>&1) && fail "the root is writable"
  [[ $said == *"Read-only file system"* ]] || fail "writing to the root said: $said"
  log "root: read-only"
}

check_compute() {
  local answer
  answer=$(engine run -i --rm --name "$name-compute" --pull=never --network none "${hardening[@]}" "$image" \
    compute cross_entropy <<<"$request")
  [[ $answer == *"$expected"* ]] || fail "compute answered $answer"
  log "compute without a network: $answer"
}

# A course's folder belongs to some user of the machine, as whom the container runs, or it could not write the report.
check_grade() {
  local folder=$state/work/course printed
  mkdir "$folder"
  printf '{"loss":"cross_entropy","cases":[{"id":"a",%s],"parts":[{"output":"loss","points":4},{"output":"gradients","points":6}]}' \
    "${request#\{}" >"$folder/task.json"
  printf '{"claims":[{"case":"a",%s}]}' "${expected%,}" >"$folder/claims.json"
  chown -R 1234:1234 "$folder"
  printed=$(engine run --rm --name "$name-grade" --pull=never --network none --user 1234:1234 -v "$folder:/data" \
    "${hardening[@]}" "$image" grade /data/task.json /data/claims.json --gradescope /data/results.json)
  [[ $printed == *'"verdict": "partial"'* ]] || fail "grade printed $printed"
  expect "points in the report of a grade without a network" '"score": 4,' "$(grep -m 1 -o '"score": .*' "$folder/results.json")"
}

main
