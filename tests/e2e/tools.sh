#!/bin/sh
# Unpack a newer Neovim, Helix and llama.cpp's server into a folder, with all their libraries:
# tools.sh FOLDER
#
# Debian 12 has a Neovim from before 0.11 and not the others; forky, the release behind 13, has all. They
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
	private_apt update && private_apt install -y --download-only --no-install-recommends \
		neovim hx llama.cpp-tools
}

# A release in the making loses a package for a while now and then; sid then still has it.
download forky || download sid
for package in "$folder"/apt/archives/*.deb; do
	dpkg-deb --extract "$package" "$folder"
done
rm -r "$folder/apt"

# Their libc is newer than this machine's, so they start by their own.
libraries=$(dirname "$folder"/usr/lib/*/libc.so.6)
for name in nvim hx llama-server; do
	program=$(realpath "$folder/usr/bin/$name")
	loader=$(patchelf --print-interpreter "$program")
	patchelf --set-interpreter "$folder/usr$loader" "$program"
	patchelf --force-rpath --set-rpath "$libraries:$libraries/llama" "$program"
done
# llama.cpp has libraries of its own that name a folder of the system, and takes its code for this
# processor from the system or from beside the program.
patchelf --remove-rpath "$libraries"/llama/*.so "$libraries"/libllama*.so.0
ln -s "$libraries"/ggml/backends*/*.so "$folder/usr/bin"

for name in nvim hx llama-server; do
	"$folder/usr/bin/$name" --version 2>&1 | head -n 1
done
