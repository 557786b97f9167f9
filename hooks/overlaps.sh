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

# Sets $policy: warn, block or off.
read_policy() {
	policy=${AITEAM_OVERLAPS-}
	[ -n "$policy" ] || [ ! -r "$state/policy" ] || read -r policy <"$state/policy"
	policy=${policy:-warn}
}

# Says which of the paths in $1 are whose.
name_overlaps() {
	say 'this commit touches what another agent has changed and not landed yet:'
	for file in "$state"/touched/*; do
		is_other "$file" || continue
		printf '%s\n' "$1" | LC_ALL=C grep -Fxf "$file" | say_some "  ${file##*/}: "
	done
}
