# Sourced by scripts/demo: shows commands with their output, tells the story between them, and stops where one ends in another way than expected.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' dim='' plain=''
fi
expected_exit=0

chapter() {
  printf '\n%s── %s%s\n' "$bold" "$1" "$plain"
}

say() {
  printf '\n%s%s%s\n' "$dim" "$1" "$plain"
}

# expect_exit CODE show COMMAND…: this command is to end with that exit code.
expect_exit() {
  local expected_exit=$1
  shift
  "$@"
}

# show COMMAND…: the folder, the command as one would type it, and its output.
show() {
  local code=0
  printf '\n%s%s $%s%s\n' "$bold" "${PWD##*/}" "$(typed "$@")" "$plain"
  "$@" 2>&1 || code=$?
  if [ "$code" -eq "$expected_exit" ]; then return 0; fi
  printf '\ndemo: expected exit code %s, got %s from:%s\n' "$expected_exit" "$code" "$(typed "$@")" >&2
  exit 1
}

# typed WORD…: the words as a shell would read them, each after a space.
typed() {
  local word
  for word; do
    if [[ $word =~ ^[A-Za-z0-9_./:=@,{}-]+$ ]]; then
      printf ' %s' "$word"
    else
      printf " '%s'" "${word//\'/\'\\\'\'}"
    fi
  done
}
