#!/bin/sh
# make-repository.sh FOLDER: a new repository of the sample project in FOLDER: four commits, always with the same dates.
set -eu
project=$(cd -- "$(dirname -- "$0")/project" && pwd)
folder=$1

git init -q -b main "$folder"
cd -- "$folder"
git config user.name 'Sam Sample'
git config user.email sam@example.org

# record DAY MESSAGE FILE…: commits these files of the project on that day.
record() {
  day=$1 message=$2
  shift 2
  for file; do
    mkdir -p "$(dirname "$file")"
    cp "$project/$file" "$file"
  done
  git add -- "$@"
  date="2026-01-${day}T09:00:00Z"
  GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date git -c commit.gpgSign=false commit -q -m "$message"
}

record 05 'Say what splitbill is' README.md package.json
record 06 'Read and write amounts' src/money.js test/money.test.js
record 07 'Read a ledger' src/ledger.js test/ledger.test.js trip.txt
record 08 'Work out who is owed what' src/balances.js src/report.js src/main.js test/balances.test.js
