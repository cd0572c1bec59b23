# offers.fish FILE PROGRAM OUTPUT LINE...: the words that fish offers behind each line. FILE has the completions.
source $argv[1]
set output $argv[3]
for line in $argv[4..-1]
    echo "line:$line" >>$output
    for word in (complete -C"$line")
        echo "offered:$word" >>$output
    end
end
