#!/bin/sh
# Unpack a newer Neovim and a Helix into a folder, with all their libraries: editors.sh FOLDER
#
# Debian 12 has a Neovim from before 0.11 and no Helix; forky, the release behind 13, has both. They
# come through apt, from this machine's mirror and checked by Debian's keys, but with lists and a
# (void) status of their own: the system stays as it is, and root is not needed.
set -eu

rm -rf "$1" && mkdir "$1"
folder=$(realpath "$1")
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
: >"$folder/apt/status"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
[ -n "$mirror" ] || { echo "no Debian here: put Neovim 0.11 or newer and Helix on the PATH"; exit 1; } >&2

private_apt() {
	apt-get -qq -o Dir::State="$folder/apt" -o Dir::State::status="$folder/apt/status" \
		-o Dir::Cache="$folder/apt" -o Dir::Etc::SourceList="$folder/apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
		-o Acquire::Languages=none -o APT::Sandbox::User= -o Debug::NoLocking=true "$@"
}

download() {
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$keys] $mirror $1 main" >"$folder/apt/sources.list"
	private_apt update && private_apt install -y --download-only --no-install-recommends neovim hx
}

# A release in the making loses a package for a while now and then; sid then still has it.
download forky || download sid
for package in "$folder"/apt/archives/*.deb; do
	dpkg-deb --extract "$package" "$folder"
done
rm -r "$folder/apt"

# Their libc is newer than this machine's, so they start by their own.
for editor in nvim hx; do
	program=$(realpath "$folder/usr/bin/$editor")
	loader=$(patchelf --print-interpreter "$program")
	patchelf --set-interpreter "$folder/usr$loader" "$program"
	patchelf --force-rpath --set-rpath "$(dirname "$folder"/usr/lib/*/libc.so.6)" "$program"
	"$program" --version | head -n 1
done
