# offers.bash FILE PROGRAM OUTPUT LINE...: the words that bash offers behind each line. FILE has the completions.
source "$1"
output=$3
function=$(complete -p "$2")
function=${function#complete -F }
function=${function% *}
shift 3
for line; do
    printf 'line:%s\n' "$line" >>"$output"
    # As readline cuts it: at blanks, and before and behind "=". A blank at the end begins a new word.
    read -r -a COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *' ' || $line == *'=' ]] && COMP_WORDS+=('')
    [[ $line == *'=' ]] && unset 'COMP_WORDS[-1]'
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "$function"
    for word in "${COMPREPLY[@]}"; do printf 'offered:%s\n' "$word" >>"$output"; done
done
