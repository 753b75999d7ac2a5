#!/bin/sh
# Makes sure that there is a Chromium and a font with Chinese in it; by itself where apt-get and root are there, else it says what is missing.
missing=
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || [ -x "$LIANQIAO_CHROMIUM" ] || missing="chromium"
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing $missing ..."
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "The tests in a browser need:$missing. On Debian and Ubuntu, as root: apt-get install $missing"
echo "Elsewhere install Chromium and name it in LIANQIAO_CHROMIUM, and a font of the family Noto Sans CJK."
exit 1
