# offers.zsh FILE PROGRAM OUTPUT LINE...: the words that zsh offers behind each line, on a terminal of its own. FILE has the
# completions.
zmodload zsh/zpty
file=$1 output=$3
shift 3
: >$output
zpty shell zsh -f -i
# Waits until the shell has said so.
hear() {
    local chunk heard=
    while [[ $heard != *"$1"* ]]; do
        zpty -r shell chunk || exit 1
        heard+=$chunk
    done
}
zpty -w shell "PS1=; stty -echo; autoload -U compinit; compinit -u -D; source ${(q)file}"
# What is offered is told; what only asks which would match (-O, -A) is left alone.
zpty -w shell 'compadd() {
    local -a found
    if [[ ${@[(I)-(O|A|D)]} -eq 0 ]]; then
        builtin compadd -A found "$@"
        (( $#found )) && print -rl -- "offered:"$^found >&3
    fi
    builtin compadd "$@"
}'
# The shell itself tells which line it was asked about.
zpty -w shell 'show() {
    print -r -- "line:$BUFFER" >&3
    zle list-choices
    BUFFER=
    (( ++asked ))
    print -r -- "answer $asked."
}
integer asked=0; zle -N show; bindkey "^T" show'
zpty -w shell "exec 3>>${(q)output}; print re''ady"
hear ready
integer asked=0
for line; do
    zpty -w -n shell "$line"$'\C-t'
    hear "answer $(( ++asked ))."
done
zpty -d shell
