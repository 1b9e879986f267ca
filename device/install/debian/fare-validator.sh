#!/bin/sh
# Starts the firmware with the Node it came with. Who is root becomes its user first: nothing of it ever runs as root.
set -eu
home=/usr/lib/fare-validator
user=fare-validator
[ "$(id -u)" != 0 ] || exec setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs --reset-env "$0" "$@"
export FARE_VALIDATOR_FIRMWARE="${FARE_VALIDATOR_FIRMWARE-/var/lib/fare-validator/firmware}"
# Garbage is collected often, and with it the buffers of frames and wires.
exec "$home/node" --max-semi-space-size=1 "$home/build/device/launcher.js" "$@"
