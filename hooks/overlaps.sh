# Paths of a commit that another agent's unlanded branch touches too. $state/touched has a file an agent, a path a line,
# quoted as git quotes it.

# Whether one of the paths in $1, a path a line, is in another agent's list.
overlaps() {
	paths=$1
	set --
	for file in "$state"/touched/*; do
		! is_other "$file" || set -- "$@" "$file"
	done
	[ $# -gt 0 ] && printf '%s\n' "$paths" | LC_ALL=C grep -qFxf - -- "$@"
}

is_other() {
	[ "$1" != "$state/touched/$agent" ] && [ -s "$1" ]
}

# Sets $policy: the strictest that a path may meet, block, warn or off.
read_policy() {
	policy=${AITEAM_OVERLAPS-}
	[ -n "$policy" ] || [ ! -r "$state/policy" ] || read -r policy <"$state/policy"
	policy=${policy:-warn}
}

# Has Node say which lines of the commit (with --staged: of what is staged) collide with whose. 0: nothing more to say; 3: the
# policy blocks it; anything else: nobody could tell.
compare_lines() {
	node= main=
	[ -r "$state/runtime" ] && { read -r node; read -r main; } <"$state/runtime"
	[ -x "$node" ] && [ -f "$main" ] && "$node" "$main" at-commit "$@" 2>/dev/null >&3
}

# Says which of the paths in $1 are whose, where lines could not be compared.
name_overlaps() {
	say 'this commit touches what another agent has changed and not landed yet (their lines could not be compared: aiteam doctor):'
	for file in "$state"/touched/*; do
		is_other "$file" || continue
		printf '%s\n' "$1" | LC_ALL=C grep -Fxf "$file" | say_some "  ${file##*/}: "
	done
	say 'the commit stands; whoever lands second may have a conflict to resolve. To avoid it, let that branch land first,' \
		'or hand those paths over: a line "Handoff-To: AGENT" at the end of a commit message.'
}
