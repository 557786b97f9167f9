# The line in a commit's message that names the agent.

# Whether the message in file $1 wants that line. Lines that begin with $2, if given, are git's comments. Sets $lines
# (what git counts as the message), $carried (lines that "merge --squash" lists), $block (its end is trailers) and
# $unended (its last line has no line break).
wants_trailer() {
	key=${trailer%%:*} lines= carried= block= unended= blank=
	[ -n "$key" ] || return 1
	while IFS= read -r line || { [ -n "$line" ] && unended=y; }; do
		case $line in
		?' ------------------------ >8 ------------------------') break ;;
		"${2:-$nl}"*) continue ;;
		"$key:"* | [Aa]ssisted-[Bb]y:*) return 1 ;;
		"    $key:"*) case $nl$carried in *"$nl${line#    }$nl"*) ;; *) carried=$carried${line#    }$nl ;; esac ;;
		*[![:space:]]*) ;;
		*) blank=y; continue ;;
		esac
		read_trailers
		case $line in "Signed-off-by: "*) ;; *) lines=$lines$line$nl ;; esac
	done <"$1"
	[ -n "$lines" ]
}

# Follows whether $line goes on a block of trailers, which begins after an empty line (git-interpret-trailers(1)).
read_trailers() {
	[ -z "$blank" ] || block=begins
	blank=
	case $block/$line in
	/*) ;;
	*/"(cherry picked from commit "*) block=y ;;
	y/[[:space:]]*) ;;
	*:*) case ${line%%:*} in '' | *[!A-Za-z0-9-]*) block= ;; *) block=y ;; esac ;;
	*) block= ;;
	esac
}

# Adds the line to file $1, of which wants_trailer has just told; the file holds a message and nothing else.
append_trailer() {
	carried=${carried%"$nl"}
	{
		[ -z "$unended" ] || printf '\n'
		[ -n "$block" ] || printf '\n'
		printf '%s\n' "${carried:-$trailer}"
	} >>"$1"
}
