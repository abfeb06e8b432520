#!/bin/sh
# Installs a bundle where there is no network, no cache and no setting, and runs the demo there.
# Usage: bundle-check.sh PYTHON BUNDLE. Needs root, or a system that lets users make namespaces.
set -eu

python=$("$1" -c "import sys; print(sys.executable)")
bundle=$(realpath "$2")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"

unshare --net $([ "$(id -u)" = 0 ] || echo --map-root-user) \
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$home" XDG_RUNTIME_DIR="$home/run" \
	sh -euc '
		ip link set lo up
		"$1" -I "$2/install.py" "$HOME/askdocs"
		du -sh "$HOME/askdocs" "$HOME/.cache"
		"$HOME/askdocs/bin/askdocs" doctor --deep
		"$HOME/askdocs/bin/askdocs" demo --root .
	' sh "$python" "$bundle"
