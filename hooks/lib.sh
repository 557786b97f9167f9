# Sourced by every hook here; this folder is <common git directory>/aiteam/hooks. A fault of ours is said and forgiven:
# only the repository's own hooks, and the policy "block", make git stop.

name=${0##*/}
hooks=${0%/*}
state=${hooks%/hooks}
common=${state%/aiteam}
nl='
'

say() {
	printf 'aiteam: %s\n' "$@" >&2
}

# Says the first ten lines of its input, each after $1, and how many more there are.
say_some() {
	shown=0
	while IFS= read -r line; do
		shown=$((shown + 1))
		[ "$shown" -gt 10 ] || say "$1$line"
	done
	[ "$shown" -le 10 ] || say "$1and $((shown - 10)) more"
}

# Whether an agent works in this worktree; sets $gitdir and, from the marker in it, $agent and $trailer.
agent_works_here() {
	[ "${AITEAM-}" != 0 ] || return 1
	gitdir=${GIT_DIR-}
	[ -n "$gitdir" ] || { [ -f .git ] && read -r _ gitdir <.git; } || return 1
	[ -r "$gitdir/aiteam-agent" ] || return 1
	{ read -r agent; read -r _; IFS= read -r trailer; } <"$gitdir/aiteam-agent"
	case $agent in '' | [!a-z]* | *[!a-z0-9._-]*) return 1 ;; esac
}

# Whether git is making commits anew, which have their message and their agent already.
replaying() {
	[ -e "$gitdir/CHERRY_PICK_HEAD" ] || [ -e "$gitdir/REVERT_HEAD" ] || [ -d "$gitdir/rebase-merge" ] || [ -d "$gitdir/rebase-apply" ]
}

# Goes on as the repository's own hook of this name, where it has one.
chain() {
	find_theirs
	[ -z "$theirs" ] || exec "$theirs" "$@"
	exit 0
}

# Runs the repository's own hook of this name first; its failure is ours.
theirs_first() {
	find_theirs
	[ -z "$theirs" ] || "$theirs" "$@" || exit
}

# Sets $theirs to the repository's own hook of this name, or to nothing.
find_theirs() {
	theirs= folder=
	AITEAM_DEPTH=${AITEAM_DEPTH-}x
	export AITEAM_DEPTH
	case $AITEAM_DEPTH in
	xxxxxxxxx*) say "hooks call each other in a circle: $name goes no further"; return ;;
	esac
	for file in "$common/config" "${GIT_CONFIG_GLOBAL-${HOME-}/.gitconfig}" "${XDG_CONFIG_HOME:-${HOME-}/.config}/git/config"; do
		[ ! -e "$file" ] || [ "$state/chain" -nt "$file" ] || { find_folder; break; }
	done
	[ -n "$folder" ] || { [ -r "$state/chain" ] && IFS= read -r folder <"$state/chain"; } || find_folder
	[ "$folder" != "$hooks" ] && [ -f "$folder/$name" ] && [ -x "$folder/$name" ] && theirs=$folder/$name
}

# Sets $folder to where the repository's own hooks are, and keeps it; a relative one counts from the worktree's top.
find_folder() {
	folder=$common/hooks
	while IFS= read -r value; do
		[ -z "$value" ] || [ "$value" = "$hooks" ] || folder=$value
	done <<-END
		$(git config --path --get-all core.hooksPath)
	END
	{ printf '%s\n' "$folder" >"$state/chain"; } 2>/dev/null
}
