#!/bin/bash
# Signs the app from the inside out with the hardened runtime: libraries first, then helpers, then the app itself.
#
#   packaging/macos/sign.sh dist/desktopmail.app
#
# With DESKTOPMAIL_IDENTITY (a "Developer ID Application" in the keychain) for release; without it for this computer
# only, which Apple silicon needs to start the program at all.
set -euo pipefail

app=${1:?which app?}
here=$(cd "$(dirname "$0")" && pwd)
identity=${DESKTOPMAIL_IDENTITY:--}
options=(--force --options runtime --sign "$identity")
if [ "$identity" != "-" ]; then
  options+=(--timestamp)
else
  options+=(--timestamp=none)
fi

# Loose libraries and extension modules, wherever they lie; what is a link is signed where it points.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
  while IFS= read -r -d '' file; do
    codesign "${options[@]}" "$file"
  done

# Helper apps inside frameworks, deepest first; then the frameworks around them.
find "$app/Contents" -depth -type d -name '*.app' -print0 |
  while IFS= read -r -d '' helper; do
    codesign "${options[@]}" --entitlements "$here/webengine.entitlements" "$helper"
  done
find "$app/Contents" -depth -type d -name '*.framework' -print0 |
  while IFS= read -r -d '' framework; do
    codesign "${options[@]}" "$framework"
  done

codesign "${options[@]}" --entitlements "$here/program.entitlements" "$app"
codesign --verify --deep --strict --verbose=2 "$app"
if [ "$identity" != "-" ]; then
  codesign --display --verbose=4 "$app" 2>&1 | grep -q 'flags=.*runtime' || {
    echo "the hardened runtime is not on" >&2
    exit 1
  }
fi
