# Paths that another holder has locked. $state/locked has four lines a lock that lives: holder, end in seconds, pattern (as
# git reads it in the worktree's top), words for people. No lock, no file.

# Whether what is staged holds a path that another holder has locked.
locked_paths() {
	set --
	while read_lock; do
		[ "$holder" = "$agent" ] || set -- "$@" "$pattern"
	done <"$state/locked"
	[ $# -gt 0 ] && ! staged_in --quiet "$@"
}

# Reads the next lock from its lines.
read_lock() {
	IFS= read -r holder && IFS= read -r until && IFS= read -r pattern && IFS= read -r words
}

# What is staged below patterns $2 and on, told as $1 says; where it cannot be told, nothing is.
staged_in() {
	how=$1
	shift
	GIT_LITERAL_PATHSPECS=0 GIT_GLOB_PATHSPECS=0 GIT_NOGLOB_PATHSPECS=0 GIT_ICASE_PATHSPECS=0 \
		git -c core.quotePath=true diff --cached "$how" --no-renames --no-ext-diff --ignore-submodules=none -- "$@" 2>/dev/null
	[ $? -ne 1 ]
}

# Says whose locks live on what is staged, and on which paths; false where all have expired.
name_locks() {
	now=$(date +%s)
	named=
	while read_lock; do
		[ "$holder" != "$agent" ] && [ "$until" -gt "$now" ] || continue
		paths=$(staged_in --name-only "$pattern")
		[ -n "$paths" ] || continue
		say "$holder has locked $pattern $words"
		printf '%s\n' "$paths" | say_some '  '
		named=$holder
	done <"$state/locked"
	[ -n "$named" ]
}
