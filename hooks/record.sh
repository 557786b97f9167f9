# What the journal is told: who made which commit, and when. Paths and texts are read from the commit later.

# What git tells of a commit: id, committer time in seconds, the agents that its message names.
facts="%H %ct %(trailers:key=${trailer%%:*},valueonly,separator=%x20)"

# Notes HEAD in the journal and its $paths in this agent's list, then has the views brought up to date.
record_head() {
	# diff-tree reads the whole index and needs nothing of it: there is none of this name.
	found=$(GIT_INDEX_FILE=$gitdir/aiteam-no-index git -c core.quotePath=true diff-tree --root --always -r --name-only --format="$facts" HEAD)
	told=${found%%"$nl"*}
	paths=${found#"$told"}
	paths=${paths#"$nl$nl"}
	{
		note commit "${told%% *}" "${told#* }" && { [ -z "$paths" ] || printf '%s\n' "$paths" >>"$state/touched/$agent"; }
	} 2>/dev/null || say "this commit could not be recorded in $state/journal; \"aiteam status\" will find it"
	refresh
}

# Appends an event: its kind, the commit, the rest of its $facts, and what it was before it was rewritten.
note() {
	[ -n "$2" ] || return
	by=${3#* }
	by=${by%%[!a-z0-9._-]*}
	# The agent that the message names, as after a cherry-pick, where it is one of ours.
	[ -n "$by" ] && [ -f "$state/touched/$by" ] || by=$agent
	printf '\036{"kind":"%s","agent":"%s",%s"id":"%s","at":%s000}\n' "$1" "$by" "${4:+\"old\":\"$4\",}" "$2" "${3%% *}" \
		>>"$state/journal/hook-${gitdir##*/}.log"
}

# Has Node started in the background, a second from now, so that a burst of commits has one; unless one that has not read
# the journal yet is on its way.
refresh() {
	[ -r "$state/refresh.pid" ] && read -r pid <"$state/refresh.pid" && kill -0 "$pid" 2>/dev/null && return
	node= main=
	[ -r "$state/runtime" ] && { read -r node; read -r main; } <"$state/runtime"
	if [ -x "$node" ] && [ -f "$main" ]; then
		set -- "$node" "$main"
	else
		set -- aiteam
	fi
	# With our output left to it, the commit would last as long as it does.
	(cd "$common" && sleep 1 && exec "$@" refresh --background) </dev/null >/dev/null 2>&1 &
	{ printf '%s\n' "$!" >"$state/refresh.pid"; } 2>/dev/null
}
